"""Fixtures: a private real desktop, and recorders that are ended whatever a test does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from tests.support.command import Recorder, environment

# Whoever runs them may speak another language.
os.environ["LANGUAGE"] = "en"

LEFT = (0, 0, 1280, 1080)
RIGHT = (1280, 0, 640, 1080)


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever runs the tests has settings and a library of their own, which stay as they are."""
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
            patch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
        yield


@pytest.fixture(scope="session")
def desktop() -> Iterator[VirtualDesktop]:
    """1920x1080 with two monitors, a session bus and PipeWire. Shared: change nothing."""
    monitors = [("LEFT", LEFT), ("RIGHT", RIGHT)]
    with VirtualDesktop("1920x1080", monitors, dbus=True, sound="pipewire") as shared:
        yield shared


@pytest.fixture(scope="session")
def pulse_desktop() -> Iterator[VirtualDesktop]:
    """640x480 with PulseAudio. Shared: change nothing."""
    with VirtualDesktop("640x480", sound="pulseaudio") as shared:
        yield shared


@pytest.fixture
def own_desktop() -> Iterator[VirtualDesktop]:
    """A desktop like the shared one, for a test that changes or ends it."""
    with VirtualDesktop("1920x1080", monitors=[("LEFT", LEFT), ("RIGHT", RIGHT)]) as own:
        yield own


@pytest.fixture(scope="session")
def full_desktop() -> Iterator[VirtualDesktop]:
    """1920x1080 with a bus, a tray, notifications, accessibility, PipeWire. Shared: change nothing.

    A program on it can be driven as by a person, by tests.support.hands and tests.support.eyes.
    """
    with _full_desktop() as shared:
        yield shared


@pytest.fixture
def own_full_desktop() -> Iterator[VirtualDesktop]:
    """A desktop like the full one, for a test that changes or ends it."""
    with _full_desktop() as own:
        yield own


def _full_desktop() -> VirtualDesktop:
    monitors = [("LEFT", LEFT), ("RIGHT", RIGHT)]
    return VirtualDesktop(
        "1920x1080",
        monitors,
        dbus=True,
        sound="pipewire",
        tray=True,
        notifications=True,
        accessibility=True,
    )


@pytest.fixture
def own_sound_desktop() -> Iterator[VirtualDesktop]:
    """640x480 with PipeWire, for a test that changes or ends the sound."""
    with VirtualDesktop("640x480", sound="pipewire") as own:
        yield own


@pytest.fixture
def screenless(tmp_path: Path) -> dict[str, str]:
    """The environment of a user without a display."""
    return environment(home=tmp_path)


@pytest.fixture
def on_desktop(desktop: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    """The environment of a user on the shared desktop."""
    return environment(desktop.environment, home=tmp_path)


@pytest.fixture
def start_take() -> Iterator[Callable[[dict[str, str]], Recorder]]:
    """Start recording processes; those still there at the end are killed."""
    started: list[Recorder] = []

    def start(env: dict[str, str]) -> Recorder:
        started.append(Recorder(env))
        return started[-1]

    yield start
    for recorder in started:
        recorder.close()
