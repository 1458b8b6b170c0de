"""Subtitles as people have them: of two kinds, many encodings, and often a little broken."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.errors import UnreadableMedia
from recorder_app.media import subtitles
from recorder_app.media.subtitles import Cue, read_subtitles

VTT = """WEBVTT - Some title
Kind: captions

STYLE
::cue { color: red }

NOTE a remark

intro
00:01.000 --> 00:02.500 align:start position:10%
<v Anna>Fish &amp; <c.red>chips</c><00:00:01.500>  now

02:00:03.000 --> 02:00:04.000
- Two
- lines &lt;b&gt;

NOTE another
one
"""
SRT = """

1
00:00:01,000 --> 00:00:02,500
<font color="red">Grüße</font> <i>aus
Köln</i>
2
00:00:03,000 --> 00:00:04,000
{\\an8}Number missing its line

00:00:05,000 --> 00:00:06,000 X1:1 X2:2
No number, 1,5 kg
7

"""


def write(tmp_path: Path, content: str | bytes, name: str = "a.vtt") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_webvtt_is_read_without_its_markup(tmp_path: Path) -> None:
    found = read_subtitles(write(tmp_path, VTT))
    assert found.cues == [
        Cue(1.0, 2.5, "Fish & chips now"),
        Cue(7203.0, 7204.0, "- Two\n- lines <b>"),
    ]
    assert found.skipped == 0
    assert found.text == "Fish & chips now\n- Two\n- lines <b>"


def test_subrip_is_read_without_its_markup(tmp_path: Path) -> None:
    found = read_subtitles(write(tmp_path, SRT, "a.srt"))
    assert found.cues == [
        Cue(1.0, 2.5, "Grüße aus\nKöln"),
        Cue(3.0, 4.0, "Number missing its line"),
        Cue(5.0, 6.0, "No number, 1,5 kg\n7"),
    ]
    assert found.skipped == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end(tmp_path: Path, encoding: str, end: str) -> None:
    for text in (VTT.replace("Fish", "Füße"), SRT):
        path = write(tmp_path, text.replace("\n", end).encode(encoding))
        assert "ü" in read_subtitles(path).text
    path = write(tmp_path, b"\xfe\xff" + SRT.encode("utf-16-be"))
    assert read_subtitles(path).cues[0].text == "Grüße aus\nKöln"


def test_broken_cues_are_passed_over_and_counted(tmp_path: Path) -> None:
    broken = (
        "00:01.000 --> 00:0x.000\nlost\n\n"
        "00:99.000 --> 01:40.000\nno such second\n\n"
        "00:05.000 --> 00:04.000\nbackwards\n\n"
        "00:06.000 --> 00:07.000\n\n"
        "99999999999999999999:00:01.000 --> 99999999999999999999:00:02.000\nnever\n\n"
    )
    good = "00:08.000 --> 00:09.000\nGood\n\n00:02.000 --> 00:03.000\nEarlier\n"
    found = read_subtitles(write(tmp_path, f"WEBVTT\n\n{broken}{good}"))
    assert found.cues == [Cue(2.0, 3.0, "Earlier"), Cue(8.0, 9.0, "Good")]
    assert found.skipped == 5


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\xef\xbb\xbf", "empty"),
        (b"WEBVTT\n\n", "no line with times"),
        (b"Some notes of a meeting.\n", "no line with times"),
        (b"WEBVTT\n\n00:01 --> 00:02\nno fractions\n", "no cue in it is whole"),
        (b"\x1aE\xdf\xa3\0\0-->\0", "no text"),
    ],
)
def test_what_is_none_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(UnreadableMedia, match=reason) as refused:
        read_subtitles(write(tmp_path, content))
    assert "a.vtt" in refused.value.message
    assert "SubRip" in refused.value.hint


def test_what_is_not_there_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnreadableMedia, match=os.strerror(errno.ENOENT)):
        read_subtitles(tmp_path / "gone.vtt")
    monkeypatch.setattr(subtitles, "MOST_BYTES", 1_000_000)
    with pytest.raises(UnreadableMedia, match="1 MB"):
        read_subtitles(write(tmp_path, VTT + "\n" * 1_000_000))


@pytest.mark.timeout(30)
@pytest.mark.parametrize("part", ["<", "{\\", "&", "-", "1,", "\n1\n"])
def test_a_malicious_file_takes_no_longer_than_any(tmp_path: Path, part: str) -> None:
    cue = "00:00:01,000 --> 00:00:02,000\nGood "
    found = read_subtitles(write(tmp_path, cue + part * 300_000, "a.srt"))
    assert found.cues[0].text.startswith("Good")


@given(st.binary(max_size=200) | st.text(alphabet="WEBVTT0123:.,-> \n<&;a{\\}\0", max_size=200))
def test_nothing_else_comes_of_any_content(
    tmp_path_factory: pytest.TempPathFactory, content: bytes | str
) -> None:
    path = write(tmp_path_factory.getbasetemp(), content, "any.srt")
    try:
        found = read_subtitles(path)
    except UnreadableMedia:
        return
    assert found.cues
    assert found.skipped >= 0
    assert all(0 <= cue.start_s <= cue.end_s and cue.text for cue in found.cues)
