"""The sound servers that the other tests rely on."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from installers.virtual_desktop import VirtualDesktop
from installers.virtual_sound import Server, VirtualSound
from tests.support.sound import RawRecording, loudness, pitch, play_tone, record_raw

SERVERS: tuple[Server, ...] = ("pipewire", "pulseaudio")
SINE = pytest.approx(0.5 / 2**0.5, rel=0.02)


@pytest.fixture(params=["desktop", "pulse_desktop"])
def env(request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment of a desktop with PipeWire, then of one with PulseAudio."""
    desktop: VirtualDesktop = request.getfixturevalue(request.param)
    return desktop.environment


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a path short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="sound-") as name:
        yield Path(name)


@pytest.fixture(params=SERVERS)
def sound(request: pytest.FixtureRequest, folder: Path) -> Iterator[VirtualSound]:
    """A server that the test may change or end."""
    with VirtualSound(folder, os.environ, request.param) as own:
        yield own


def pactl(env: Mapping[str, str], *arguments: str) -> str | None:
    """Return what pactl prints, or None when it fails."""
    command = ["pactl", *arguments]
    done = subprocess.run(
        command, env=dict(env), capture_output=True, text=True, timeout=20, check=False
    )
    return None if done.returncode else done.stdout.strip()


def is_silent(env: Mapping[str, str], source: str) -> bool:
    return loudness(record_raw(env, source, 0.3)) == 0


def hears_tone(env: Mapping[str, str], source: str, channels: int = 1) -> bool:
    heard = record_raw(env, source, 0.5, channels)
    return loudness(heard) == SINE and pitch(heard) == pytest.approx(1000, abs=3)


def test_there_are_speakers_and_a_microphone(env: dict[str, str]) -> None:
    assert pactl(env, "get-default-sink") == "speakers"
    assert pactl(env, "get-default-source") == "mic"
    listed = pactl(env | {"LC_ALL": "C"}, "list", "sources") or ""
    assert "Description: Virtual microphone\n" in listed
    assert "Description: Monitor of Virtual speakers\n" in listed


def test_the_microphone_hears_what_is_played_into_it(env: dict[str, str]) -> None:
    with play_tone(env, "mic_in"):
        assert hears_tone(env, "mic")
        assert is_silent(env, "speakers.monitor")


def test_the_monitor_hears_the_speakers_and_the_microphone_does_not(env: dict[str, str]) -> None:
    with play_tone(env, "speakers", channels=2):
        assert hears_tone(env, "speakers.monitor", channels=2)
        assert is_silent(env, "mic")


def test_a_source_in_silence_gives_samples_at_once(env: dict[str, str]) -> None:
    for source in ("mic", "speakers.monitor"):
        with RawRecording(env, source) as recording:
            assert len(recording.read(0.1)) == 4800


def test_a_microphone_is_unplugged_while_recorded_and_comes_back(sound: VirtualSound) -> None:
    env = sound.environment
    with RawRecording(env, "mic") as recording:
        assert len(recording.read(0.1))
        sound.remove_microphone("mic")
        listed = pactl(env, "list", "short", "sources") or ""
        assert "mic" not in listed
        sound.add_microphone("mic")
    assert pactl(env, "get-default-source") == "mic"
    with play_tone(env, "mic_in"):
        assert hears_tone(env, "mic")


def test_devices_differ_in_shape_and_can_be_the_default(sound: VirtualSound) -> None:
    env = sound.environment
    sound.add_microphone("usb", "USB Mikrofön (2)", channels=2, rate=44100)
    sound.add_speakers("room", "Room")
    sound.set_default_microphone("usb")
    sound.set_default_speakers("room")
    assert pactl(env, "get-default-source") == "usb"
    assert pactl(env, "get-default-sink") == "room"
    listed = pactl(env | {"LC_ALL": "C.UTF-8"}, "list", "sources") or ""
    usb = listed.split("\tName: usb\n")[1]
    assert usb.splitlines()[0] == "\tDescription: USB Mikrofön (2)"
    assert "2ch 44100Hz" in usb.splitlines()[2]
    with play_tone(env, "usb_in", channels=2):
        assert hears_tone(env, "usb", channels=2)
        assert is_silent(env, "mic")
    sound.remove_speakers("room")
    assert "room" not in (pactl(env, "list", "short", "sinks") or "")


def test_a_killed_server_ends_its_streams_and_comes_back(sound: VirtualSound) -> None:
    env = sound.environment
    sound.add_microphone("usb")
    sound.set_default_microphone("usb")
    with RawRecording(env, "usb") as recording:
        assert len(recording.read(0.1))
        sound.kill_server()
        assert len(recording.read(10)) < 480000
        assert pactl(env, "info") is None
    sound.start_server()
    assert pactl(env, "get-default-source") == "usb"
    assert pactl(env, "get-default-sink") == "speakers"
    with play_tone(env, "usb_in"):
        assert hears_tone(env, "usb")
        assert is_silent(env, "mic")


@pytest.mark.parametrize("server", SERVERS)
def test_two_servers_do_not_hear_each_other(sound: VirtualSound, server: Server) -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        VirtualSound(Path(name), sound.environment, server) as other,
        play_tone(sound.environment, "mic_in"),
    ):
        assert is_silent(other.environment, "mic")


@pytest.mark.parametrize("server", SERVERS)
def test_nothing_stays(folder: Path, server: Server) -> None:
    before = set(psutil.Process().children(recursive=True))
    with VirtualSound(folder, os.environ, server) as sound:
        sound.kill_server()
        sound.start_server()
        during = set(psutil.Process().children(recursive=True)) - before
        assert len(during) == {"pipewire": 3, "pulseaudio": 1}[server]
    assert not set(psutil.Process().children(recursive=True)) - before


@pytest.mark.parametrize(
    ("server", "socket"), [("pipewire", "pipewire-0.lock"), ("pulseaudio", "pulse/native")]
)
def test_what_a_server_that_fails_printed_is_told(
    folder: Path, server: Server, socket: str
) -> None:
    before = set(psutil.Process().children(recursive=True))
    (folder / socket / "in-the-way").mkdir(parents=True)
    with (
        pytest.raises(RuntimeError, match=rf"(?s){server} did not get ready: .*{socket}"),
        VirtualSound(folder, os.environ, server),
    ):
        pass
    assert not set(psutil.Process().children(recursive=True)) - before


def test_a_folder_too_deep_for_sockets_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="Too long"):
        VirtualSound(folder / ("x" * 100), os.environ)


def test_a_desktop_without_sound_has_no_server(own_desktop: VirtualDesktop) -> None:
    before = set(psutil.pids())
    assert pactl(own_desktop.environment, "info") is None
    started = [psutil.Process(pid) for pid in set(psutil.pids()) - before]
    assert not [each for each in started if each.name() == "pulseaudio"]
    with pytest.raises(RuntimeError):
        _ = own_desktop.sound
