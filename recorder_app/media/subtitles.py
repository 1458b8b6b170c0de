"""Subtitles as times and plain text: read from WebVTT and SubRip, written as WebVTT."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from recorder_app.errors import UnreadableMedia
from recorder_app.texts import N_, translate

SUFFIXES = (".vtt", ".srt")
# Bytes. A day of speech is a tenth of it.
MOST_BYTES = 20_000_000

_ARROW = "-->"
# SubRip's times: a comma before the milliseconds, which may be fewer or more than three.
_COMMA = re.compile(r"(\d),(\d)")
# What programs put before the text to place it: {\an8}. Without another brace in it, so that a
# file of nothing else takes no longer than any.
_PLACING = re.compile(r"\{\\[^{}]*\}")
# A cue's number that stands right under the cue before it, without an empty line between.
_NUMBER = re.compile(r"\d+")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Cue(msgspec.Struct, frozen=True):
    """What is said from `start_s` to `end_s`, in seconds of the recording."""

    start_s: float
    end_s: float
    text: str


class Subtitles(msgspec.Struct, frozen=True):
    """`skipped` is how many cues had broken times or nothing to read."""

    cues: list[Cue]
    skipped: int

    @property
    def text(self) -> str:
        return "\n".join(cue.text for cue in self.cues)


def as_webvtt(cues: Sequence[Cue]) -> bytes:
    """Return `cues` as a WebVTT file (https://www.w3.org/TR/webvtt1/)."""
    blocks = ["WEBVTT"]
    for cue in cues:
        # An empty line would end the cue, and markup would be taken for such.
        lines = [line for line in cue.text.splitlines() if line.strip()]
        text = html.escape("\n".join(lines), quote=False)
        blocks.append(f"{_stamp(cue.start_s)} {_ARROW} {_stamp(cue.end_s)}\n{text}")
    return ("\n\n".join(blocks) + "\n").encode()


def _stamp(seconds: float) -> str:
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{milliseconds:03}"


def is_subtitles(path: Path) -> bool:
    """Return whether the name is that of a file with subtitles."""
    return path.suffix.lower() in SUFFIXES


def read_subtitles(path: Path) -> Subtitles:
    """Read a WebVTT or SubRip file in UTF-8, UTF-16 or Latin-1, whatever its name says.

    Cues come in the order of their start. Raises UnreadableMedia for what is none, or too large.
    """
    text = _text(path)
    lines = text.lstrip("\ufeff\r\n\t ").splitlines()
    if not lines or "\0" in text:
        raise _refused(path, N_("it is empty") if not lines else N_("it is no text"))
    arrows = sum(_ARROW in line for line in lines)
    if not arrows:
        raise _refused(path, N_("there is no line with times, as in 00:01.000 --> 00:02.500"))
    cues = _cues(lines)
    if not cues:
        raise _refused(path, N_("no cue in it is whole"))
    return Subtitles(sorted(cues, key=lambda cue: cue.start_s), arrows - len(cues))


def _cues(lines: list[str]) -> list[Cue]:
    # Imported only now: few commands read subtitles.
    import webvtt

    # SubRip is WebVTT but for its head and its commas; its numbers are WebVTT's names of cues.
    whole = lines if lines[0].startswith("WEBVTT") else ["WEBVTT", "", *_apart(lines)]
    found = []
    for caption in webvtt.from_string("\n".join(whole)).captions:
        text = _plain(caption.text)
        start_s = caption.start_time.in_milliseconds() / 1000
        end_s = caption.end_time.in_milliseconds() / 1000
        if text and end_s >= start_s:
            found.append(Cue(start_s, end_s, text))
    return found


def _apart(lines: list[str]) -> list[str]:
    """Return SubRip's lines with WebVTT's times, and an empty line before each cue."""
    prepared: list[str] = []
    for line in lines:
        if _ARROW in line:
            if prepared and _NUMBER.fullmatch(prepared[-1].strip()):
                prepared.insert(-1, "")
            else:
                prepared.append("")
            line = _COMMA.sub(r"\1.\2", line)
        prepared.append(line if line.strip() else "")
    return prepared


def _plain(text: str) -> str:
    """Return what is read aloud: without placing and entities, one space where there were many."""
    lines = html.unescape(_PLACING.sub("", text)).replace("\0", "").splitlines()
    return "\n".join(line for each in lines if (line := " ".join(each.split())))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _refused(path, error.strerror or type(error).__name__) from error
    if len(data) > MOST_BYTES:
        raise UnreadableMedia(
            N_("{path} is larger than {most} MB, too large for subtitles."),
            path=path,
            most=MOST_BYTES // 1_000_000,
        )
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        # Whatever it is, its times can be read; most that is not Unicode is this.
        return data.decode("latin-1")


def _refused(path: Path, reason: str) -> UnreadableMedia:
    return UnreadableMedia(
        N_("{path} cannot be read as subtitles: {reason}."),
        hint=N_("WebVTT (.vtt) and SubRip (.srt) files can be."),
        path=path,
        reason=translate(reason),
    )
