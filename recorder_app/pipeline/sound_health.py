"""Is every device heard? Judged by what came from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recorder_app.media.clock import NS_PER_S, Clock
from recorder_app.pipeline.events import HealthEvent, Severity
from recorder_app.pipeline.sound_track import KIND_NAMES, Lane, SoundTrack
from recorder_app.texts import N_, translate

# With looks every half second a person is told within 3 s.
_SILENT_S = 2.0
_STALLED_NS = 2 * NS_PER_S
# Fewer clipped samples are one tap on the table.
_CLIPPED_LEAST = 20


class SoundHealthMonitor:
    """Looks at the lanes twice a second. Used by the session's thread.

    A trouble is told when it begins, and again only after it had ended.
    """

    def __init__(self, tracks: Sequence[SoundTrack], clock: Clock) -> None:
        self._watches = [_LaneWatch(track, lane, clock) for track in tracks for lane in track.lanes]

    def look(self, *, is_paused: bool) -> Iterator[HealthEvent]:
        """Yield what is new."""
        for watch in self._watches:
            yield from watch.look(is_paused=is_paused)


class _LaneWatch:
    def __init__(self, track: SoundTrack, lane: Lane, clock: Clock) -> None:
        self._track = track
        self._lane = lane
        self._clock = clock
        self._begun_ns = clock.now_ns()
        self._device = lane.source.description
        self._losses = 0
        self._returns = 0
        self._clipped = 0
        self._told: set[str] = set()

    def look(self, *, is_paused: bool) -> Iterator[HealthEvent]:
        if self._track.has_failed:
            # Told with its reason; what its devices do no longer matters.
            return
        yield from self._look_at_device()
        if not is_paused:
            yield from self._look_at_silence()
            yield from self._look_at_flow()
        yield from self._look_at_quality()

    def _look_at_device(self) -> Iterator[HealthEvent]:
        health = self._lane.sound.health
        losses, returns = health.losses, health.returns
        if losses > self._losses:
            self._losses = losses
            yield _event(
                "device_lost",
                N_("{name} is gone: silence is recorded until there is one again. {reason}"),
                name=self._named(health.lost_device or self._device),
                reason=health.reason,
            )
        device = self._lane.source.description
        if returns > self._returns:
            self._returns = returns
            text = N_("{name} is recorded again.")
            if device != self._device:
                text = N_("Now {name} is recorded.")
            self._device = device
            yield _event("device_back", text, Severity.INFO, name=self._named(device))
        elif self._device != device and not health.is_lost:
            self._device = device
            yield _event(
                "device_changed",
                N_("Now {name} is recorded, as the system's settings say."),
                Severity.INFO,
                name=self._named(device),
            )

    def _look_at_silence(self) -> Iterator[HealthEvent]:
        # Speakers on which nothing plays are silent: worth a word only to who asked for them.
        if self._lane.kind != "microphone" and self._lane.is_optional:
            return
        health = self._lane.sound.health
        asleep_ns = health.asleep_since_ns
        is_asleep = asleep_ns is not None and (
            self._clock.now_ns() - asleep_ns >= _SILENT_S * NS_PER_S
        )
        yield from self._while(
            "sound_silent",
            is_asleep or health.zero_s >= _SILENT_S,
            N_("{name} is silent: check its switch and the system's sound settings.")
            if self._lane.kind == "microphone"
            else N_("{name} is silent: nothing is playing, or it is muted."),
        )

    def _look_at_flow(self) -> Iterator[HealthEvent]:
        health = self._lane.sound.health
        last_ns = health.last_block_ns or self._begun_ns
        is_stalled = (
            not health.is_lost
            and not health.is_asleep
            and self._clock.is_realtime
            and self._clock.now_ns() - last_ns > _STALLED_NS
        )
        if "sound_stalled" in self._told and not is_stalled and not health.is_lost:
            yield _event(
                "device_back",
                N_("{name} is recorded again."),
                Severity.INFO,
                name=self._named(self._device),
            )
        yield from self._while(
            "sound_stalled",
            is_stalled,
            N_(
                "{name} sends nothing: silence is recorded. If that lasts, plug it in again or "
                "restart the sound server."
            ),
        )

    def _look_at_quality(self) -> Iterator[HealthEvent]:
        health = self._lane.sound.health
        if health.clipped - self._clipped >= _CLIPPED_LEAST:
            yield from self._while(
                "sound_clipped",
                True,
                N_("{name} is too loud and distorted: turn it down."),
            )
        self._clipped = health.clipped
        yield from self._while(
            "sound_lost",
            health.frames_lost > 0 or health.jumps > 0,
            N_("Some sound of {name} was lost: this computer or its sound server was too busy."),
        )

    def _while(self, code: str, is_so: bool, message: str) -> Iterator[HealthEvent]:
        if not is_so:
            self._told.discard(code)
        elif code not in self._told:
            self._told.add(code)
            yield _event(code, message, name=self._named(self._lane.source.description))

    def _named(self, device: str) -> str:
        return f"{translate(KIND_NAMES[self._lane.kind])} “{device}”"


def _event(
    code: str, message: str, severity: Severity = Severity.WARNING, **details: object
) -> HealthEvent:
    return HealthEvent(code, severity, translate(message, **details).strip())
