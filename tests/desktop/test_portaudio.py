"""A microphone without libpulse: PortAudio, ALSA and ALSA's plugin for sound servers."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from installers.virtual_desktop import VirtualDesktop
from installers.virtual_sound import Server, VirtualSound
from tests.support.command import LIMIT_S, ROOT
from tests.support.sound import play_tone

TONE_DB = pytest.approx(-9.03, abs=0.5)


class Recording:
    """A context manager: ``tests.support.portaudio`` at work."""

    def __init__(self, env: Mapping[str, str], name: str = "pulse") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.portaudio", name],
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate(timeout=LIMIT_S)

    def next(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the next event that is `wanted`."""
        assert self._process.stdout is not None
        deadline = time.monotonic() + LIMIT_S
        for line in self._process.stdout:
            event: dict[str, Any] = json.loads(line)
            if wanted(event):
                return event
            assert time.monotonic() < deadline, f"it never came; the last event: {event}"
        raise AssertionError("it never came")

    def next_kind(self, kind: str) -> dict[str, Any]:
        return self.next(lambda event: event["kind"] == kind)

    def blocks(self, seconds: float) -> list[dict[str, Any]]:
        """Return the next blocks that last so long."""
        found = [self.next_kind("block")]
        while sum(each["frames"] for each in found) < seconds * found[0]["rate"]:
            found.append(self.next_kind("block"))
        return found

    def end(self) -> dict[str, Any]:
        """Have it stop; return the last event and fail if anything came on stderr."""
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        ended = self.next_kind("ended")
        assert self._process.wait(LIMIT_S) == 0
        assert self._process.stderr.read() == ""
        return ended


def loudness_db(blocks: list[dict[str, Any]]) -> float:
    power = sum(each["frames"] * 10 ** (each["rms_db"] / 10) for each in blocks)
    return 10 * math.log10(power / sum(each["frames"] for each in blocks))


def server_of(sound: VirtualSound) -> psutil.Process:
    """Return the process of PulseAudio."""
    socket = sound.environment["PULSE_SERVER"].removeprefix("unix:")
    started = [each for each in psutil.Process().children() if socket in " ".join(each.cmdline())]
    return next(each for each in started if each.name() == "pulseaudio")


@pytest.fixture
def sound(request: pytest.FixtureRequest) -> Iterator[VirtualSound]:
    """A server that the test may change or end."""
    server: Server = getattr(request, "param", "pulseaudio")
    with (
        tempfile.TemporaryDirectory(prefix="sound-") as folder,
        VirtualSound(Path(folder), {"PATH": "/usr/bin:/bin"}, server) as own,
    ):
        yield own


@pytest.mark.parametrize("name", ["pulse", "default", "PULS"])
def test_a_tone_is_recorded(pulse_desktop: VirtualDesktop, name: str) -> None:
    env = pulse_desktop.environment
    with play_tone(env, "mic_in"), Recording(env, name) as recording:
        opened = recording.next_kind("opened")
        assert opened["channels"] == 2
        recording.blocks(0.3)
        began = time.monotonic()
        blocks = recording.blocks(2.0)
        assert time.monotonic() - began == pytest.approx(2.0, abs=0.25)
        # Some blocks are shorter than a wave.
        assert loudness_db(blocks) == TONE_DB
        assert {each["lost"] for each in blocks} == {0}
        # Stamps go on as the sound does.
        first, last = blocks[0], blocks[-1]
        between = sum(each["frames"] for each in blocks[:-1]) / first["rate"]
        assert last["at_s"] - first["at_s"] == pytest.approx(between, abs=0.08)
        ended = recording.end()
    assert ended["after_s"] < 0.2
    assert not ended["is_alive"]


def test_without_a_server_and_cards_there_is_nothing(screenless: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.portaudio", "pulse"],
        cwd=ROOT,
        env=screenless,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["kind"] == "refused"
    assert told["message"] == "There is no microphone “pulse”."
    assert done.stderr == ""


@pytest.mark.parametrize("sound", ["pulseaudio", "pipewire"], indirect=True)
def test_a_server_that_is_killed_is_a_gap_and_is_taken_up_again(sound: VirtualSound) -> None:
    with Recording(sound.environment) as recording:
        recording.blocks(0.5)
        sound.kill_server()
        killed = time.monotonic()
        assert recording.next_kind("gap")["is_lost"]
        assert time.monotonic() - killed < 1
        sound.start_server()
        with play_tone(sound.environment, "mic_in"):
            recording.next(lambda event: event["kind"] == "block" and event["rms_db"] == TONE_DB)
            recording.blocks(0.5)
            assert recording.end()["after_s"] < 0.2


def test_a_server_that_hangs_does_not_keep_the_recording(sound: VirtualSound) -> None:
    server = server_of(sound)
    with Recording(sound.environment) as recording:
        recording.blocks(0.5)
        server.send_signal(signal.SIGSTOP)
        try:
            gap = recording.next_kind("gap")
            assert gap == {"kind": "gap", "is_lost": True, "reason": "pulse sends nothing."}
            # ALSA is inside a call that will not return; neither the thread nor the program waits.
            assert recording.end()["after_s"] < 0.2
        finally:
            server.send_signal(signal.SIGCONT)


def test_a_server_that_hung_is_taken_up_again(sound: VirtualSound) -> None:
    server = server_of(sound)
    with Recording(sound.environment) as recording:
        recording.blocks(0.5)
        server.send_signal(signal.SIGSTOP)
        try:
            recording.next_kind("gap")
        finally:
            server.send_signal(signal.SIGCONT)
        recording.blocks(0.5)
        assert recording.end()["after_s"] < 0.2
