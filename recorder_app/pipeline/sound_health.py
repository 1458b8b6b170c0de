"""Is every device heard? Judged by what came from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recorder_app.media.clock import NS_PER_S, Clock
from recorder_app.pipeline.events import HealthEvent, Severity
from recorder_app.pipeline.sound_track import Lane
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

    def __init__(self, lanes: Sequence[Lane], clock: Clock) -> None:
        self._watches = [_LaneWatch(lane, clock) for lane in lanes]

    def look(self, *, is_paused: bool) -> Iterator[HealthEvent]:
        """Yield what is new."""
        for watch in self._watches:
            yield from watch.look(is_paused=is_paused)


class _LaneWatch:
    def __init__(self, lane: Lane, clock: Clock) -> None:
        self._lane = lane
        self._clock = clock
        self._begun_ns = clock.now_ns()
        self._device = lane.source.description
        self._losses = 0
        self._returns = 0
        self._clipped = 0
        self._told: set[str] = set()

    def look(self, *, is_paused: bool) -> Iterator[HealthEvent]:
        yield from self._look_at_device()
        if not is_paused:
            yield from self._look_at_silence()
            yield from self._look_at_flow()
        yield from self._look_at_quality()

    def _look_at_device(self) -> Iterator[HealthEvent]:
        health = self._lane.sound.health
        losses, returns = health.losses, health.returns
        if losses > self._losses:
            reason = health.reason
            self._losses = losses
            yield _event(
                "device_lost",
                N_("{name} is gone: silence is recorded until it is back. {reason}"),
                name=self._name,
                reason=reason,
            )
        if returns > self._returns:
            self._returns = returns
            self._device = self._lane.source.description
            yield _event(
                "device_back",
                N_("{name} is recorded again."),
                Severity.INFO,
                name=self._name,
            )
        elif self._device != self._lane.source.description and not health.is_lost:
            self._device = self._lane.source.description
            yield _event(
                "device_changed",
                N_("Now recording {name}, as the system's settings say."),
                Severity.INFO,
                name=self._name,
            )

    def _look_at_silence(self) -> Iterator[HealthEvent]:
        # Speakers on which nothing plays are silent: worth a word only to who asked for them.
        if self._lane.kind != "microphone" and self._lane.is_optional:
            return
        yield from self._while(
            "sound_silent",
            self._lane.sound.health.zero_s >= _SILENT_S,
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
        yield from self._while(
            "sound_stalled",
            is_stalled,
            N_("{name} sends nothing: silence is recorded. Plug it in again or choose another."),
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
            N_("Some sound of {name} was lost, because this computer was too busy."),
        )

    def _while(self, code: str, is_so: bool, message: str) -> Iterator[HealthEvent]:
        if not is_so:
            self._told.discard(code)
        elif code not in self._told:
            self._told.add(code)
            yield _event(code, message, name=self._name)

    @property
    def _name(self) -> str:
        kind = translate(
            N_("Microphone") if self._lane.kind == "microphone" else N_("System sound")
        )
        return f"{kind} “{self._lane.source.description}”"


def _event(
    code: str, message: str, severity: Severity = Severity.WARNING, **details: object
) -> HealthEvent:
    return HealthEvent(code, severity, translate(message, **details).strip())
