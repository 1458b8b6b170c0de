"""Everything a recording needs before its first picture, checked and opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recorder_app.capture.base import SourceInfo
from recorder_app.errors import DiskFull, OutputExists, RecorderError
from recorder_app.media.clock import Clock
from recorder_app.media.codecs import (
    EncoderChoice,
    SoundEncoderChoice,
    VideoFormat,
    choose_encoder,
    choose_sound_encoder,
)
from recorder_app.pipeline import outcome
from recorder_app.pipeline.events import HealthEvent, Severity
from recorder_app.pipeline.graph import RecordingGraph
from recorder_app.pipeline.health import free_space
from recorder_app.pipeline.journal import Journal, Track
from recorder_app.pipeline.plan import RecordingPlan
from recorder_app.pipeline.sound_graph import OpenedSound, open_sounds
from recorder_app.pipeline.sound_track import KIND_NAMES
from recorder_app.texts import N_, translate

# Names tried for recordings that begin in the same second.
_MOST_NAMES = 50


@dataclass(frozen=True, slots=True)
class Prepared:
    """A graph that may be started, and what there is to say about it already."""

    graph: RecordingGraph
    journal: Journal
    choice: EncoderChoice
    final: Path
    warnings: list[str]
    health: list[HealthEvent]


def prepare(
    plan: RecordingPlan,
    clock: Clock,
    *,
    on_started: Callable[[], None],
    on_limit: Callable[[], None],
    on_end: Callable[[str, RecorderError | None], None],
) -> Prepared:
    """Open sources, encoders and the file. Raises CaptureError, EncodingError or StorageError.

    The caller closes the plan's sources, whatever comes of it.
    """
    _check_disk(plan)
    info = plan.source.open()
    sounds, left_out = open_sounds(plan.sounds)
    choice = choose_encoder(
        plan.profile, VideoFormat(info.width, info.height, plan.fps, plan.quality)
    )
    sound_choice = choose_sound_encoder(plan.profile) if sounds else None

    def build(media: Path) -> RecordingGraph:
        return RecordingGraph(
            plan,
            info,
            choice,
            clock,
            media,
            sounds=sounds,
            sound_choice=sound_choice,
            on_started=on_started,
            on_limit=on_limit,
            on_end=on_end,
        )

    graph, final = _build(plan, build)
    try:
        journal = Journal.begin(
            graph.file.path,
            plan.as_settings() | {"backend": info.backend},
            _tracks(info, choice, sounds, sound_choice),
            plan.recording_id,
        )
    except BaseException:
        graph.discard()
        raise
    health = [_no_sound(sound, N_("{name} is left out: {reason}")) for sound in left_out]
    health += [
        _no_sound(sound, N_("{name} is silent until it can be had: {reason}"))
        for sound in sounds
        if sound.error is not None
    ]
    if choice.is_fallback:
        text = translate(
            N_("Recorded with {name}, because this did not work: {reasons}."),
            name=choice.name,
            reasons="; ".join(choice.reasons),
        )
        health.append(HealthEvent("encoder_fallback", Severity.WARNING, text))
    warnings = [*info.warnings, *(text for sound in sounds for text in sound.info.warnings)]
    return Prepared(graph, journal, choice, final, warnings, health)


def _check_disk(plan: RecordingPlan) -> None:
    free = free_space(plan.output.parent)
    if free is not None and free < plan.stop_free_bytes:
        raise DiskFull(
            N_("The disk of {folder} is full: {free} MB are free."),
            hint=N_(
                "Free some space, or choose another folder; on the command line, with --output."
            ),
            folder=plan.output.parent,
            free=free // 1_000_000,
        )


def _build(
    plan: RecordingPlan, build: Callable[[Path], RecordingGraph]
) -> tuple[RecordingGraph, Path]:
    """Return the graph and the name its file is to have in the end."""
    attempt = 0
    while True:
        media, final = outcome.paths(plan, attempt)
        try:
            return build(media), final
        except OutputExists:
            # Another recording of this second has taken the name.
            if not plan.is_generated or attempt == _MOST_NAMES:
                raise
            attempt += 1


def _tracks(
    info: SourceInfo,
    choice: EncoderChoice,
    sounds: Sequence[OpenedSound],
    sound_choice: SoundEncoderChoice | None,
) -> list[Track]:
    found = [Track("video", choice.name, info.description, info.width, info.height)]
    found += [
        Track(
            sound.plan.kind,
            sound_choice.name if sound_choice is not None else "",
            sound.info.description,
            is_essential=False,
        )
        for sound in sounds
    ]
    return found


def _no_sound(sound: OpenedSound, message: str) -> HealthEvent:
    name = translate(KIND_NAMES[sound.plan.kind])
    text = translate(message, name=name, reason=sound.error)
    return HealthEvent("sound_unavailable", Severity.WARNING, text)
