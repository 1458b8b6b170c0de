"""Where a recording is written, and what is said and kept of it at the end."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from recorder_app.errors import OutputExists, RecorderError, StorageError
from recorder_app.media import profiles
from recorder_app.media.clock import NS_PER_S
from recorder_app.media.codecs import EncoderChoice
from recorder_app.pipeline.events import ErrorReport, RecordingResult, RecordingState
from recorder_app.pipeline.graph import RecordingGraph
from recorder_app.pipeline.journal import Journal
from recorder_app.pipeline.plan import RecordingPlan
from recorder_app.texts import N_, translate

_log = logging.getLogger(__name__)


def paths(plan: RecordingPlan, attempt: int) -> tuple[Path, Path]:
    """Return the name to record under and the one to have in the end.

    They differ while a file is about to be replaced. A name of our own choice is numbered by
    `attempt` instead. Raises OutputExists.
    """
    output = plan.output
    if plan.is_generated:
        if attempt:
            output = output.with_name(f"{output.stem} ({attempt + 1}){output.suffix}")
        return output, output
    if not output.exists():
        return output, output
    if not plan.overwrite:
        raise OutputExists(
            N_("{path} exists already."),
            hint=N_("Choose another name; on the command line, --overwrite replaces it."),
            path=output,
        )
    return output.with_name(f"{output.stem} (recording {os.getpid()}){output.suffix}"), output


def keep(
    plan: RecordingPlan,
    graph: RecordingGraph,
    choice: EncoderChoice,
    journal: Journal | None,
    warnings: list[str],
    *,
    final: Path,
    truncated: bool,
) -> RecordingResult:
    """Give the finished file its name `final`, make the journal its sidecar, return the result.

    A file is replaced only by a take that went well.
    """
    path = graph.file.path
    if path != final and truncated:
        warnings.append(
            translate(N_("{name} was not replaced, because this take ended early."), name=final)
        )
    elif path != final:
        try:
            os.replace(path, final)
            path = final
        except OSError as error:
            # The recording is safe under its working name, which the result tells.
            _log.warning("final name refused path=%s error=%s", final, error)
            warnings.append(translate(N_("It could not be renamed to {name}."), name=final))
    result = RecordingResult(
        path=str(path),
        duration_s=round((graph.video_end_ns or 0) / NS_PER_S + 1 / plan.fps, 3),
        size_bytes=graph.file.size_bytes,
        width=graph.info.width,
        height=graph.info.height,
        container=profiles.load().profile(plan.profile).container,
        video_codec=choice.profile.codec,
        audio_codecs=[track.encoder.codec for track in graph.sound.tracks],
        frames_captured=graph.synchronizer.frames_captured,
        frames_unchanged=graph.synchronizer.frames_unchanged,
        frames_dropped=graph.synchronizer.frames_dropped,
        warnings=warnings,
        truncated=truncated,
        sounds=graph.sound.statistics(graph.muxer.track_bytes, whole=True),
        recording_id=plan.recording_id,
    )
    if journal is not None:
        journal.entry.state = RecordingState.FINISHED
        journal.entry.pauses = in_seconds(graph.synchronizer.pauses)
        journal.entry.result = result
        try:
            journal.follow(path)
        except StorageError as error:
            # Told with the result; without a sidecar it is an imported file to the library.
            _log.warning("sidecar not written error=%s", error)
            warnings.append(error.message)
    return result


def report(error: RecorderError | None) -> ErrorReport | None:
    """Return `error` as data."""
    if error is None:
        return None
    return ErrorReport(error.code, error.message, error.hint, error.exit_code)


def in_seconds(pauses: list[tuple[int, int]]) -> list[tuple[float, float]]:
    """Return (media time, length) pairs in seconds."""
    return [(round(at / NS_PER_S, 3), round(length / NS_PER_S, 3)) for at, length in pauses]
