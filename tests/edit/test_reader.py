"""Pictures in any order are the right ones, and dragging through them is quick."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from recorder_app.edit import reader
from recorder_app.edit.reader import PictureReader
from recorder_app.errors import Cancelled, UnreadableMedia, UnsupportedMedia
from tests.support import cuts, media
from tests.support.cuts import Source, digest_of

PICTURE = "gaps@320x180"


@pytest.fixture(scope="module", params=["webm", "mp4", "av1"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Source:
    profile = request.param
    path = tmp_path_factory.mktemp("read") / f"take.{'mp4' if profile == 'mp4' else 'webm'}"
    return cuts.record(path, PICTURE, "noise", seconds=8, fps=30, profile=profile)


@pytest.mark.parametrize("kept_bytes", [200_000_000, 500_000])
def test_every_picture_is_the_one_asked_for(
    source: Source, kept_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_KEPT_BYTES", kept_bytes)
    chance = random.Random(5)
    with PictureReader(source.path) as pictures:
        assert pictures.count == len(source.shots)
        places = list(range(pictures.count))
        back = places[::-1]
        anywhere = chance.choices(places, k=100)
        for number in (*places[:70], *back[:70], *anywhere):
            assert digest_of(pictures.picture(number)) == source.shots[number].digest
            assert abs(pictures.time(number) - source.shots[number].time) < 0.0005


def test_a_time_belongs_to_the_picture_that_is_shown(source: Source) -> None:
    with PictureReader(source.path) as pictures:
        for number in range(1, pictures.count):
            begin, before = pictures.time(number), pictures.time(number - 1)
            assert pictures.number_at(begin) == number
            assert pictures.number_at((begin + before) / 2) == number - 1
        assert pictures.number_at(pictures.time(0)) == 0
        assert pictures.number_at(source.length + 5) == pictures.count - 1


def test_a_damaged_place_shows_what_came_before(source: Source, tmp_path: Path) -> None:
    whole = source.path.read_bytes()
    middle = len(whole) // 2
    damaged = tmp_path / f"damaged{source.path.suffix}"
    damaged.write_bytes(whole[:middle] + bytes(2000) + whole[middle + 2000 :])
    with PictureReader(damaged) as pictures:
        shown = [pictures.picture(number) for number in range(pictures.count)]
    assert all(frame.width == 320 for frame in shown)


def test_the_first_reading_ends_when_it_is_not_wanted(source: Source) -> None:
    packets = 0

    def proceed() -> None:
        nonlocal packets
        packets += 1
        if packets == 5:
            raise Cancelled("Not wanted any more.")

    with pytest.raises(Cancelled):
        PictureReader(source.path, proceed)
    assert packets == 5


def test_what_has_no_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia):
        PictureReader(media.make(tmp_path / "sound.mp3"))
    with pytest.raises(UnreadableMedia):
        PictureReader(tmp_path / "nowhere.webm")
