"""From a target to the source that can deliver it.

This is where another way of capture joins: a Wayland portal source would be chosen here by the
kind of session, and nothing behind it would notice.
"""

from __future__ import annotations

import sys

from recorder_app.capture.base import SoundSource, VideoSource
from recorder_app.capture.desktop_session import require_screen
from recorder_app.capture.fallback_sound import Microphone, NoSystemSound
from recorder_app.capture.portaudio import PortAudioSource
from recorder_app.capture.pulse_source import PulseSoundSource
from recorder_app.capture.synthetic import SyntheticSource
from recorder_app.capture.synthetic_sound import SyntheticSound
from recorder_app.capture.targets import SyntheticTarget, Target
from recorder_app.media.clock import Clock


def create_source(target: Target, clock: Clock, *, with_cursor: bool) -> VideoSource:
    """Return an unopened source for `target`.

    Raises InvalidRequest for an unknown pattern and SourceUnavailable where no screen can be
    recorded, before anything is opened.
    """
    if isinstance(target, SyntheticTarget):
        return SyntheticSource(target.name, clock)
    require_screen()
    # Imported only now: a synthetic recording needs no display libraries.
    from recorder_app.capture.screen import ScreenSource

    return ScreenSource(target, clock, with_cursor=with_cursor)


def create_microphone(name: str, clock: Clock) -> SoundSource:
    """Return an unopened source for the microphone `name`, ``default`` or ``synthetic:NAME``.

    Raises InvalidRequest for an unknown synthetic sound.
    """
    if name.startswith("synthetic:"):
        return SyntheticSound(name.removeprefix("synthetic:"), clock)
    if sys.platform != "linux":
        return PortAudioSource(name, clock)
    return Microphone(PulseSoundSource(name, clock), PortAudioSource(name, clock))


def create_system_sound(clock: Clock) -> SoundSource:
    """Return an unopened source of what the speakers play."""
    if sys.platform != "linux":
        return NoSystemSound(clock)
    return PulseSoundSource("default", clock, is_system=True)
