"""Timeline arithmetic: seconds and pixels, edges, the strip's pictures, leaps and typed times."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.edit.timeline import Range
from recorder_app.media.waveform import FULL
from recorder_app.ui.editor import filmstrip, loudness, skipping
from recorder_app.ui.editor.picture_times import PictureTimes
from recorder_app.ui.editor.timeline_scale import TimelineScale
from recorder_app.ui.editor.times import exact_text, typed_time

LENGTHS = st.floats(0.5, 20_000)
WIDTHS = st.floats(50, 4000)
ZOOMS = st.floats(0, 1)
SHARES = st.floats(0, 1)


@given(LENGTHS, WIDTHS, ZOOMS, SHARES)
def test_a_place_and_its_time_belong_together(
    length: float, width: float, zoom: float, share: float
) -> None:
    scale = TimelineScale.fit(length, width).with_zoom(zoom, share * width)
    x = share * width
    # To a millionth of a second, which times are rounded to there.
    assert scale.x_of(scale.time_at(x)) == pytest.approx(x, abs=0.01)
    assert 0 <= scale.offset_s <= length
    assert scale.offset_s + scale.seen_s <= length * 1.0001
    assert scale.zoom == pytest.approx(zoom, abs=0.001) or scale.most_px_per_s == pytest.approx(
        scale.least_px_per_s
    )


@given(LENGTHS, WIDTHS, SHARES, st.floats(0.01, 100))
def test_what_is_under_the_pointer_stays_there(
    length: float, width: float, share: float, factor: float
) -> None:
    scale = TimelineScale.fit(length, width).with_zoom(0.5, width / 2)
    x = share * width
    at = scale.time_at(x)
    zoomed = scale.zoomed(scale.px_per_s * factor, x)
    moved = abs(zoomed.x_of(at) - x)
    # But at the ends, past which nothing is shown.
    is_at_end = zoomed.offset_s in (0.0, max(0.0, length - zoomed.seen_s))
    assert moved < 0.01 * zoomed.px_per_s / scale.px_per_s + 0.01 or is_at_end


@given(LENGTHS, WIDTHS, ZOOMS, SHARES)
def test_it_scrolls_to_what_shall_be_seen(
    length: float, width: float, zoom: float, share: float
) -> None:
    scale = TimelineScale.fit(length, width).with_zoom(zoom, 0)
    shown = scale.showing(length * share)
    assert -0.01 <= shown.x_of(length * share) <= width + 0.01
    assert shown.showing(length * share) == shown


def test_all_that_was_seen_is_seen_in_another_width() -> None:
    scale = TimelineScale.fit(100, 500)
    assert scale.resized(800) == TimelineScale.fit(100, 800)
    zoomed = scale.with_zoom(0.5, 0)
    assert zoomed.resized(800).px_per_s == zoomed.px_per_s


UNEVEN = st.lists(st.integers(0, 100_000), min_size=1, max_size=60, unique=True).map(sorted)


@given(UNEVEN, st.fractions(0, 110))
def test_edges_are_where_pictures_begin(stamps: list[int], at: Fraction) -> None:
    times = PictureTimes(stamps, Fraction(1, 1000), Fraction(stamps[-1] + 33, 1000))
    edge = times.nearest_edge(at)
    distances = [abs(times.time(each) - at) for each in range(times.count + 1)]
    assert abs(times.time(edge) - at) == min(distances)
    assert times.time(0) == 0
    assert times.time(times.count) == times.length
    for number in range(1, times.count):
        assert times.number_at(times.time(number)) == number


@given(ZOOMS, SHARES, st.floats(30, 200))
def test_the_strip_is_full_and_stands_still(zoom: float, share: float, least: float) -> None:
    times = PictureTimes(range(0, 60_000, 33), Fraction(1, 1000), Fraction(60))
    scale = TimelineScale.fit(60, 900).with_zoom(zoom, share * 900)
    found = list(filmstrip.cells(scale, times, least))
    assert found[0].left <= 0.01
    # What is missing at the end is less than a picture.
    assert found[-1].left + found[-1].width >= scale.width - scale.px_per_s * 0.04
    for one, other in itertools.pairwise(found):
        assert one.left + one.width == pytest.approx(other.left, abs=0.01)
    step = found[0].width if found[0].width < 900 else 10
    moved = {cell.number for cell in filmstrip.cells(scale.scrolled(step), times, least)}
    # Scrolled, the pictures are the same ones but those that come and go.
    assert len({cell.number for cell in found} - moved) <= 3


def test_zoomed_in_there_is_every_picture() -> None:
    times = PictureTimes(range(0, 60_000, 33), Fraction(1, 1000), Fraction(60))
    scale = TimelineScale.fit(60, 900).with_zoom(1, 450)
    found = list(filmstrip.cells(scale, times, 50))
    assert [b.number - a.number for a, b in itertools.pairwise(found)] == [1] * (len(found) - 1)
    assert all(cell.is_exact for cell in found)


KEPT = [Range(Fraction(2), Fraction(4)), Range(Fraction(6), Fraction(7))]


@pytest.mark.parametrize(
    ("at", "start"), [(0, 2), (2, 2), (3, 3), (4, 6), (5, 6), (6.5, 6.5), (7, 2), (9, 2)]
)
def test_playing_begins_with_what_is_kept(at: float, start: float) -> None:
    assert skipping.start_of(KEPT, Fraction(at)) == Fraction(start)


@pytest.mark.parametrize(
    ("at", "goal"), [(2, None), (3.99, None), (4, 6), (5, 6), (6.5, None), (7, "end")]
)
def test_what_is_out_is_leapt_over(at: float, goal: float | str | None) -> None:
    leap = skipping.leap_at(KEPT, Fraction(at))
    if goal is None:
        assert leap is None
    else:
        assert leap is not None
        assert leap.to == (None if goal == "end" else goal)


@pytest.mark.parametrize(
    ("at", "by", "goal"),
    [
        ("3", "0.5", "2.5"),
        # Past what is out.
        ("6.5", "1", "3.5"),
        ("6.5", "0.5", "6"),
        # From what is out, and from behind all.
        ("5", "0.5", "3.5"),
        ("9", "0.25", "6.75"),
        # No further than where the result begins.
        ("6.5", "10", "2"),
        ("2", "1", "2"),
        ("1", "1", "2"),
    ],
)
def test_what_was_played_before(at: str, by: str, goal: str) -> None:
    assert skipping.earlier(KEPT, Fraction(at), Fraction(by)) == Fraction(goal)


def test_where_in_the_result_a_moment_is() -> None:
    assert [skipping.before(KEPT, Fraction(at)) for at in (0, 3, 5, 6, 7, 9)] == [0, 1, 2, 2, 3, 3]


@given(st.integers(0, 100 * 3600 * 1000))
def test_times_are_read_as_they_are_written(thousandths: int) -> None:
    at = Fraction(thousandths, 1000)
    assert typed_time(exact_text(at)) == at


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("67.2", "67.2"), ("1:07,233", "67.233"), (" 0:01:00 ", "60"), ("5.", "5"), (".5", "0.5")],
)
def test_times_are_read_as_people_type_them(text: str, seconds: str) -> None:
    assert typed_time(text) == Fraction(seconds)


@pytest.mark.parametrize("text", ["", " ", "x", "-1", "1:2:3:4", "1.5:00", "1::2", "²", "1.2.3"])
def test_other_texts_are_no_times(text: str) -> None:
    assert typed_time(text) is None


def test_the_waveform_shows_the_loudest_of_each_pixel() -> None:
    peaks = np.zeros(1000, np.uint16)
    peaks[500] = FULL
    columns = loudness.heights(peaks, TimelineScale.fit(10, 100))
    assert columns[50] == 1.0
    assert columns.sum() == 1.0
    both = loudness.mixed([peaks, np.full(1200, 65, np.uint16)])
    assert len(both) == 1200
    assert both[500] == FULL
    # At -60 dB it is as good as silent.
    assert loudness.heights(both, TimelineScale.fit(12, 120))[0] == pytest.approx(0, abs=0.01)
    # Behind the end there is none.
    assert loudness.heights(peaks, TimelineScale.fit(20, 100))[60:].sum() == 0
    assert loudness.heights(np.zeros(0, np.uint16), TimelineScale.fit(20, 100)).sum() == 0
