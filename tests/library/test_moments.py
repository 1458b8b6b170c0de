"""Stills are the picture shown at a time; notes are found; both go and come with a recording."""

from __future__ import annotations

import json
import stat
import struct
import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter

from recorder_app.errors import UnreadableMedia
from recorder_app.media import stills
from tests.support.command import run, run_json
from tests.support.media import make
from tests.support.recordings import pictures
from tests.support.takes import virtual


def read_picture(path: Path | str) -> Any:
    with av.open(str(path)) as picture:
        (frame,) = list(picture.decode(video=0))
        assert frame.format.name == "rgb24"
        return frame.to_ndarray(format="rgb24")


@pytest.fixture
def take(screenless: dict[str, str], tmp_path: Path) -> str:
    """The id of a recording of 1.5 s with a sidecar."""
    target = ("--target", "synthetic:pattern@320x180", "--duration", "1.5")
    (tmp_path / "Videos").mkdir()
    done = run_json("record", *target, "--output", str(tmp_path / "Videos"), env=screenless)
    recording_id: str = done["recording_id"]
    return recording_id


@pytest.mark.parametrize("form", ["webm", "mp4"])
def test_a_still_is_exactly_the_picture_shown_at_that_time(tmp_path: Path, form: str) -> None:
    media = tmp_path / f"take.{form}"
    virtual(media, "pattern@320x180", profile=form, limit_s=5.0).run()
    scaler = VideoReformatter()
    shown = [(at_s, stills.rgb(scaler, frame, 320, 180)) for at_s, frame in pictures(media)]
    assert len(shown) > 100
    # Far from a keyframe and near one, at a picture's own time, shortly before it and after it.
    for number in (0, 1, 7, 58, 59, 60, 61, 100, len(shown) - 1):
        at_s, picture = shown[number]
        assert np.array_equal(stills.still(media, at_s), picture), number
        assert np.array_equal(stills.still(media, at_s + 0.001), picture), number
        if number:
            assert np.array_equal(stills.still(media, at_s - 0.001), shown[number - 1][1]), number
    assert not np.array_equal(shown[58][1], shown[59][1])
    assert np.array_equal(stills.still(media, 4.999), shown[-1][1])


def test_a_picture_that_lies_down_is_turned(tmp_path: Path) -> None:
    turned, expected = make(tmp_path / "turned.mp4"), tmp_path / "expected.png"
    # The matrix in the head of the track of pictures, which comes first.
    one = 0x10000
    straight = struct.pack(">9i", one, 0, 0, 0, one, 0, 0, 0, 0x40000000)
    data = turned.read_bytes()
    at = data.index(straight, data.index(b"tkhd"))
    matrix = struct.pack(">9i", 0, one, 0, -one, 0, 0, 120 * one, 0, 0x40000000)
    turned.write_bytes(data[:at] + matrix + data[at + len(matrix) :])
    subprocess.run(
        [
            "ffmpeg",
            "-v",
            "error",
            "-i",
            str(turned),
            "-frames:v",
            "1",
            "-pix_fmt",
            "rgb24",
            str(expected),
        ],
        check=True,
    )
    found, wanted = stills.still(turned, 0.0), read_picture(expected)
    assert found.shape == wanted.shape == (160, 120, 3)
    # Another converter rounds in another way.
    assert np.abs(found.astype(int) - wanted.astype(int)).mean() < 4


def test_there_is_no_still_of_sound(tmp_path: Path) -> None:
    with pytest.raises(UnreadableMedia):
        stills.still(make(tmp_path / "a.mp3"), 0.5)


def test_the_commands(screenless: dict[str, str], tmp_path: Path, take: str) -> None:
    output = tmp_path / "out.png"
    taken = run_json(
        *("frame", take, "--at", "0:00:01.050", "--batch", "Steps", "--note", "Zeppelin lands"),
        *("--output", str(output)),
        env=screenless,
    )
    path = Path(taken["path"])
    data = tmp_path / ".local" / "share" / "recorder-app"
    assert path.parent == data / "frames" / take
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    media = Path(run_json("show", take, env=screenless)["path"])
    assert np.array_equal(read_picture(path), stills.still(media, 1.05))
    assert output.read_bytes() == path.read_bytes()
    assert (taken["at_s"], taken["copied_to"]) == (1.05, str(output))
    plain = run("frame", take, "--at", "0.5", env=screenless)
    assert Path(plain.stdout.strip()).is_file()
    again = run("frame", take, "--at", "0.5", "--output", str(output), env=screenless)
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
    listed = json.loads(run("frames", take, "--json", env=screenless).stdout)
    assert [(each["batch"], each["at_s"]) for each in listed] == [("", 0.5), ("Steps", 1.05)]
    lines = run("frames", take, "--batch", "Steps", env=screenless).stdout.splitlines()
    assert lines == [
        "Steps:",
        f"{taken['short_id']}  00:00:01.050  {path}",
        "    Zeppelin lands",
    ]
    noted = run_json("annotate", take, "Dirigible leaves", "--at", "0.25", env=screenless)
    on_frame = run_json("annotate", take, "And again", "--frame", taken["short_id"], env=screenless)
    assert (on_frame["at_s"], on_frame["frame_id"]) == (1.05, taken["id"])
    for word in ("zeppelin", "dirigible"):
        found = json.loads(run("search", word, "--json", env=screenless).stdout)
        assert [each["id"] for each in found] == [take], word
    notes = json.loads(run("annotations", take, "--json", env=screenless).stdout)
    assert [each["text"] for each in notes] == ["Dirigible leaves", "Zeppelin lands", "And again"]
    removed = run_json("annotate", take, "--remove", noted["short_id"], env=screenless)
    assert removed["id"] == noted["id"]
    assert run("search", "dirigible", "--json", env=screenless).stdout.strip() == "[]"


def test_what_makes_no_sense_is_refused(
    screenless: dict[str, str], tmp_path: Path, take: str
) -> None:
    length = run_json("show", take, env=screenless)["duration_s"]
    late = run("frame", take, "--at", "1:00", env=screenless)
    assert late.returncode == 2
    assert f"ends at {length:.3f} s" in late.stderr
    for arguments in (
        ["frame", take, "--at", "-1"],
        ["frame", take, "--at", "soon"],
        ["frame", "zzzzzzz", "--at", "0"],
        ["annotate", take, "Text"],
        ["annotate", take, " ", "--at", "0"],
        ["annotate", take, "Text", "--at", "1:00"],
        ["annotate", take, "Text", "--frame", "zzzzzzz"],
        ["annotate", take, "Text", "--at", "0", "--remove", "zzzzzzz"],
        ["annotate", take, "--remove", "zzzzzzz"],
    ):
        done = run(*arguments, env=screenless)
        assert done.returncode == 2, (arguments, done.stderr)
    media = Path(run_json("show", take, env=screenless)["path"])
    assert run("frame", take, "--at", str(length), env=screenless).returncode == 0
    media.rename(tmp_path / "elsewhere.webm")
    assert run("frame", take, "--at", "0", env=screenless).returncode == 6
    folder = tmp_path / ".local" / "share" / "recorder-app" / "frames"
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_stills_and_notes_are_exported_and_come_back(
    screenless: dict[str, str], tmp_path: Path, take: str
) -> None:
    taken = run_json("frame", take, "--at", "1", "--note", "Zeppelin", env=screenless)
    other = run_json("frame", take, "--at", "0.5", "--batch", "b", env=screenless)
    exported = tmp_path / "export.json"
    assert run("library", "export", "--json", str(exported), env=screenless).returncode == 0
    tables = json.loads(exported.read_text())["tables"]
    assert {row["path"] for row in tables["frames"]} == {taken["path"], other["path"]}
    assert [row["text"] for row in tables["annotations"]] == ["Zeppelin"]
    before = json.loads(run("frames", take, "--json", env=screenless).stdout)
    Path(other["path"]).unlink()
    for each in (tmp_path / ".local" / "share" / "recorder-app").glob("library.sqlite*"):
        each.unlink()
    assert run_json("library", "rebuild", env=screenless)["entered"] == 1
    (after,) = json.loads(run("frames", take, "--json", env=screenless).stdout)
    (expected,) = [each for each in before if each["id"] == taken["id"]]
    assert [note["text"] for note in after.pop("notes")] == ["Zeppelin"]
    expected.pop("notes")
    assert after == expected


def test_erasing_takes_stills_along(screenless: dict[str, str], tmp_path: Path, take: str) -> None:
    folder = tmp_path / ".local" / "share" / "recorder-app" / "frames"
    taken = run_json("frame", take, "--at", "1", "--note", "Zeppelin", env=screenless)
    assert run("delete", take, env=screenless).returncode == 0
    # It can be restored until then.
    assert Path(taken["path"]).is_file()
    erased = run_json("library", "erase", take, "--yes", env=screenless)
    assert taken["path"] in erased["recordings"][0]["files"]
    assert list(folder.iterdir()) == []
