"""Making a file of what an edit list keeps, the cheapest way that is exact."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from av.container import InputContainer

from recorder_app.edit.animation import render_animation
from recorder_app.edit.checking import check
from recorder_app.edit.limited import render_limited
from recorder_app.edit.presets import ORIGINAL, Preset, load
from recorder_app.edit.render import RenderReport, render
from recorder_app.edit.smartcut import smart_cut
from recorder_app.edit.soundonly import render_sound
from recorder_app.edit.stillframes import moments, write_stills
from recorder_app.edit.timeline import EditList
from recorder_app.errors import EncoderFailed, InvalidRequest, RecorderError, UnsupportedMedia
from recorder_app.media.outfile import RecordingFile
from recorder_app.media.probe import open_media, pictures_of
from recorder_app.texts import N_

__all__ = ["ORIGINAL", "ExportReport", "Proceed", "export", "extension_for"]

_Report = TypeVar("_Report")

_log = logging.getLogger(__name__)

Proceed = Callable[[float], None]
"""Told how much is done, 0 to 1; raises to stop the work."""

_EXTENSIONS = {"webm": "webm", "matroska": "mkv", "mp4": "mp4"}
# Sound of these goes on in WebM, all other in MP4, which more players know as sound.
_WEBM_SOUND = ("opus", "vorbis")


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What came of an export. `copied` and `encoded` count pictures, `length` is in seconds.

    `reason` says why everything was encoded where copying had been asked for; `damaged` counts
    packets of the source that could not be decoded.
    """

    length: Fraction
    copied: int = 0
    encoded: int = 0
    damaged: int = 0
    reason: RecorderError | None = None


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a source holds: `container` is the name of the presets' for a file of its kind."""

    container: str
    has_pictures: bool
    sounds: tuple[str, ...]

    @property
    def sound_container(self) -> str:
        return "webm" if self.sounds and self.sounds[0] in _WEBM_SOUND else "mp4"


def export(
    source: Path,
    edits: EditList,
    target: Path,
    proceed: Proceed,
    preset: str = ORIGINAL,
    *,
    limit_bytes: int | None = None,
    every_s: float | None = None,
    at: Sequence[Fraction] | None = None,
) -> ExportReport:
    """Write what `edits` keep of `source` to `target`, a new file; for ``stills`` a new folder.

    `limit_bytes` is the size that a preset with a limit stays under; `every_s` or `at`, moments of
    the result, choose stills. After an error, also one that `proceed` raised, there is no `target`.
    Raises InvalidRequest, MediaError, EncodingError and StorageError.
    """
    wanted = load().preset(preset)
    contents = _contents(source)
    if limit_bytes is not None and limit_bytes <= 0:
        raise InvalidRequest(N_("A file cannot be smaller than nothing."))
    if wanted.kind == "sound" or (wanted.kind == "original" and not contents.has_pictures):
        return _export_sound(source, edits, target, proceed, contents)
    if not contents.has_pictures:
        raise UnsupportedMedia(
            N_("{path} holds no pictures."),
            hint=N_("Choose the preset “sound”."),
            path=source,
        )
    if wanted.kind == "stills":
        chosen = at if at is not None else moments(edits.kept_length, every_s or wanted.every_s)
        return _report(write_stills(source, edits, target, proceed, chosen))
    if wanted.kind == "original":
        return _export_original(source, edits, target, proceed, contents)
    sounds = len(contents.sounds)
    if wanted.kind == "limited":
        limit = limit_bytes or wanted.limit_bytes
        report = render_limited(source, edits, target, proceed, wanted, limit)
        _check_or_remove(target, edits, sounds)
        return _report(report)

    def write(file: RecordingFile) -> RenderReport:
        if wanted.kind == "animation":
            return render_animation(source, edits, file, proceed, wanted)
        return render(source, edits, file, proceed, wanted)

    report = _written(target, write)
    _check_or_remove(target, edits, 0 if wanted.kind == "animation" else sounds)
    return _report(report)


def extension_for(source: Path, preset: str = ORIGINAL) -> str:
    """Return the extension, without a dot, of what ``export`` makes; "" for a folder."""
    wanted = load().preset(preset)
    if wanted.kind == "stills":
        return ""
    if wanted.container:
        return load().containers[wanted.container].extension
    contents = _contents(source)
    if wanted.kind == "sound" or not contents.has_pictures:
        return "webm" if contents.sound_container == "webm" else "m4a"
    return _EXTENSIONS[contents.container]


def _export_original(
    source: Path, edits: EditList, target: Path, proceed: Proceed, contents: _Contents
) -> ExportReport:
    """Cut without encoding what need not be; encode all of it where that cannot be."""
    sounds = len(contents.sounds)
    try:
        cut = _written(target, lambda file: smart_cut(source, edits, file, proceed))
        _check_or_remove(target, edits, sounds)
        return ExportReport(cut.length, cut.copied, cut.encoded, cut.damaged)
    except (UnsupportedMedia, EncoderFailed) as error:
        _log.info("parts cannot be joined path=%s reason=%s", source, error)
        reason = error
    preset: Preset = load().as_source(contents.container)
    report = _written(target, lambda file: render(source, edits, file, proceed, preset))
    _check_or_remove(target, edits, sounds)
    return ExportReport(report.length, 0, report.encoded, report.damaged, reason)


def _export_sound(
    source: Path, edits: EditList, target: Path, proceed: Proceed, contents: _Contents
) -> ExportReport:
    container = contents.sound_container
    report = _written(target, lambda file: render_sound(source, edits, file, proceed, container))
    _check_or_remove(target, edits, len(contents.sounds), pictures=0)
    return _report(report)


def _written(target: Path, write: Callable[[RecordingFile], _Report]) -> _Report:
    file = RecordingFile(target)
    try:
        return write(file)
    except BaseException:
        file.discard()
        raise


def _check_or_remove(target: Path, edits: EditList, sounds: int, pictures: int = 1) -> None:
    try:
        check(target, edits.kept_length, pictures, sounds)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _report(report: RenderReport) -> ExportReport:
    return ExportReport(report.length, 0, report.encoded, report.damaged)


def _contents(source: Path) -> _Contents:
    with open_media(source) as media:
        sounds = tuple(
            each.codec_context.codec.canonical_name
            for each in media.streams.audio
            if each.codec_context
        )
        return _Contents(_container(media, source), pictures_of(media) is not None, sounds)


def _container(media: InputContainer, source: Path) -> str:
    if media.format.name.startswith("matroska"):
        return "webm" if source.suffix.lower() == ".webm" else "matroska"
    return "mp4"
