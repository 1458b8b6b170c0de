"""The sound of what is kept, without the pictures."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from av.container import InputContainer

from recorder_app.edit import carrying
from recorder_app.edit.groups import time_of
from recorder_app.edit.plan import place
from recorder_app.edit.presets import load
from recorder_app.edit.render import (
    RenderReport,
    abandon,
    open_container,
    sound_tracks,
    translated,
)
from recorder_app.edit.timeline import EditList
from recorder_app.edit.tracks import SoundWish
from recorder_app.errors import UnsupportedMedia
from recorder_app.media.containers import set_chapters
from recorder_app.media.outfile import RecordingFile
from recorder_app.media.probe import open_media, packets
from recorder_app.texts import N_

Proceed = Callable[[float], None]
"""Told how much is done, 0 to 1; raises to stop the work."""


def render_sound(
    source: Path, edits: EditList, file: RecordingFile, proceed: Proceed, container: str
) -> RenderReport:
    """Write the sound of what `edits` keep, without pictures, into `file`, and close it."""
    with translated(source, file):
        with open_media(source) as media:
            if not any(each.codec_context for each in media.streams.audio):
                raise UnsupportedMedia(
                    N_("{path} has no sound."),
                    hint=N_("Choose a preset with pictures."),
                    path=source,
                )
            report = _render_sound(media, edits, file, proceed, container)
        file.close()
    return report


def _render_sound(
    media: InputContainer,
    edits: EditList,
    file: RecordingFile,
    proceed: Proceed,
    container: str,
) -> RenderReport:
    marks = carrying.chapters(media, edits)
    placed, report = place(edits.kept), RenderReport(edits.kept_length)
    with contextlib.ExitStack() as stack:
        output = open_container(file, container)
        stack.callback(abandon, output)
        wish = SoundWish(load().render[container].sound)
        tracks = sound_tracks(media, output, container, placed, edits, wish)
        for track in tracks.values():
            stack.callback(track.close)
        streams = [each for each in media.streams.audio if each.index in tracks]
        last = placed[-1].part.end
        behind = set(tracks)
        for packet in packets(media, *streams):
            tracks[packet.stream_index].put(packet)
            output.mux(list(tracks[packet.stream_index].packets()))
            at = time_of(packet)
            proceed(min(1.0, max(0.0, float(at / last))))
            if at >= last:
                behind.discard(packet.stream_index)
            if not behind:
                break
        for track in tracks.values():
            track.finish()
            output.mux(list(track.packets()))
        set_chapters(output, marks, float(edits.kept_length))
        output.close()
        report.damaged = sum(track.damaged for track in tracks.values())
    return report
