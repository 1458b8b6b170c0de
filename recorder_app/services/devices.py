"""What there is to record sound from, with how loud it is and the words that name it."""

from __future__ import annotations

import msgspec

from recorder_app.capture.sound_devices import SoundDevice, known_devices, listen_to_devices
from recorder_app.media.sound import SILENCE_DB, Level


class DeviceEntry(msgspec.Struct, frozen=True):
    """A microphone, whose `name` is what ``record --mic`` takes, or what some speakers play.

    Of the latter ``--system-audio`` records the default one. Levels are in dBFS, `rate` in hertz.
    """

    name: str
    kind: str
    description: str
    is_default: bool
    channels: int
    rate: int
    is_muted: bool
    peak_db: float
    rms_db: float
    works: bool
    problem: str

    @property
    def is_silent(self) -> bool:
        """Whether nothing but zeros came, or nothing at all."""
        return self.peak_db <= SILENCE_DB


class DeviceList(msgspec.Struct, frozen=True):
    """`server` is the sound server's name; without one it is empty, and `problem` says so."""

    server: str
    devices: list[DeviceEntry]
    problem: str = ""


def list_devices(listen_s: float = 0.4) -> DeviceList:
    """Return microphones and system sound, the default ones first, after listening to all at once.

    Takes a second more than `listen_s` at most, with many devices some more. Raises nothing: what
    does not work is in the list.
    """
    found = listen_to_devices(listen_s)
    return DeviceList(found.server, [_entry(each) for each in found.devices], found.problem)


def list_microphones() -> list[tuple[str, str]]:
    """Return names and descriptions of microphones, the default one first; none is opened."""
    return [(each.name, each.description) for each in known_devices() if each.kind == "microphone"]


def _entry(device: SoundDevice) -> DeviceEntry:
    level = device.level or Level()
    return DeviceEntry(
        name=device.name,
        kind=device.kind,
        description=device.description,
        is_default=device.is_default,
        channels=device.channels,
        rate=device.rate,
        is_muted=device.is_muted,
        peak_db=round(level.peak_db, 1),
        rms_db=round(level.rms_db, 1),
        works=not device.problem,
        problem=device.problem,
    )
