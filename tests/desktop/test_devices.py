"""``devices`` and the errors of sound: the same with PipeWire, with PulseAudio and without both."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from installers.virtual_desktop import VirtualDesktop
from installers.virtual_sound import Server, VirtualSound
from tests.support.command import environment, run, run_json
from tests.support.sound import play_tone

SERVERS: tuple[Server, ...] = ("pipewire", "pulseaudio")
KEYS = {"server", "devices", "problem"}
DEVICE_KEYS = {
    *("name", "kind", "description", "is_default", "channels", "rate"),
    *("is_muted", "peak_db", "rms_db", "works", "problem"),
}
NO_SERVER = "No sound server is running. Start PipeWire or PulseAudio to record sound."
INPUT = "Monitor of Input of Virtual microphone"
PATTERN = ["record", "--target", "synthetic:pattern", "--duration", "1"]


@pytest.fixture(params=["desktop", "pulse_desktop"])
def env(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of a user with PipeWire, then of one with PulseAudio."""
    desktop: VirtualDesktop = request.getfixturevalue(request.param)
    return environment(desktop.environment, home=tmp_path)


@pytest.fixture(params=["desktop", "pulse_desktop", None])
def any_env(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """As `env`, and then of one without a sound server."""
    if request.param is None:
        return environment(home=tmp_path)
    desktop: VirtualDesktop = request.getfixturevalue(request.param)
    return environment(desktop.environment, home=tmp_path)


@pytest.fixture(params=SERVERS)
def sound(request: pytest.FixtureRequest) -> Iterator[VirtualSound]:
    """A server that the test may change or end."""
    with (
        tempfile.TemporaryDirectory(prefix="sound-") as folder,
        VirtualSound(Path(folder), os.environ, request.param) as own,
    ):
        yield own


def listed(env: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in run_json("devices", env=env)["devices"]}


def processes_of(sound: VirtualSound) -> list[psutil.Process]:
    """Return what answers at the server's socket."""
    name = {"pulseaudio": "pulseaudio", "pipewire": "pipewire-pulse"}[sound.server]
    folder = str(Path(sound.environment["PULSE_COOKIE"]).parent)
    started = [each for each in psutil.Process().children() if each.name() == name]
    return [each for each in started if each.environ().get("XDG_RUNTIME_DIR") == folder]


def test_names_kinds_and_defaults(env: dict[str, str]) -> None:
    found = run_json("devices", env=env)
    assert found.keys() == KEYS
    assert found["server"]
    assert found["problem"] == ""
    assert all(each.keys() == DEVICE_KEYS for each in found["devices"])
    columns = ("name", "kind", "description", "is_default", "channels", "rate", "works")
    assert [tuple(each[name] for name in columns) for each in found["devices"]] == [
        ("mic", "microphone", "Virtual microphone", True, 1, 48000, True),
        ("speakers.monitor", "system", "Monitor of Virtual speakers", True, 2, 48000, True),
        ("mic_in.monitor", "system", INPUT, False, 1, 48000, True),
    ]


def test_levels_are_those_of_what_is_heard(env: dict[str, str]) -> None:
    with play_tone(env, "mic_in"), play_tone(env, "speakers", level=0.25, channels=2):
        found = listed(env)
    for name, peak_db in (("mic", -6.02), ("speakers.monitor", -12.04)):
        assert found[name]["peak_db"] == pytest.approx(peak_db, abs=1)
        assert found[name]["rms_db"] == pytest.approx(peak_db - 3.01, abs=1)


def test_silence_is_silent(env: dict[str, str]) -> None:
    for device in listed(env).values():
        assert (device["peak_db"], device["rms_db"], device["works"]) == (-120, -120, True)


def test_people_see_a_table(env: dict[str, str]) -> None:
    with play_tone(env, "mic_in", level=0.25):
        done = run("devices", env=env)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "mic               microphone  -12 dB   Virtual microphone, default",
        "speakers.monitor  system      silent   Monitor of Virtual speakers, default",
        "mic_in.monitor    system      -12 dB   Monitor of Input of Virtual microphone",
    ]


def test_a_muted_microphone_is_told(sound: VirtualSound) -> None:
    env = sound.environment
    sound.add_microphone("usb", "USB Mikrofön", channels=2, rate=44100)
    subprocess.run(["pactl", "set-source-mute", "mic", "1"], env=env, check=True, timeout=20)
    with play_tone(env, "mic_in"), play_tone(env, "usb_in", channels=2):
        found = listed(env)
        table = run("devices", env=env).stdout.splitlines()
    assert (found["mic"]["is_muted"], found["mic"]["peak_db"]) == (True, -120)
    assert (found["usb"]["is_muted"], found["usb"]["rate"]) == (False, 44100)
    assert found["usb"]["peak_db"] == pytest.approx(-6, abs=1)
    shown = [" ".join(line.split()) for line in table[:2]]
    assert shown[0] == "mic microphone muted Virtual microphone, default"
    # Resampling may add a little to the loudest sample.
    assert re.fullmatch(r"usb microphone -[567] dB USB Mikrofön", shown[1])


def test_many_devices_take_no_longer(sound: VirtualSound) -> None:
    for number in range(8):
        sound.add_microphone(f"mic{number}", f"Microphone {number}")
    began = time.monotonic()
    found = listed(sound.environment)
    # Far less than one after the other would take: each is listened to for 0.4 s.
    assert time.monotonic() - began < 19 * 0.4
    assert len(found) == 19
    assert {name: each["problem"] for name, each in found.items() if not each["works"]} == {}


def test_a_server_that_hangs_is_told_in_time(sound: VirtualSound) -> None:
    servers = processes_of(sound)
    assert servers
    for each in servers:
        each.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        found = run_json("devices", env=sound.environment)
        assert time.monotonic() - began < 2.5
    finally:
        for each in servers:
            each.send_signal(signal.SIGCONT)
    assert found["devices"] == []
    assert found["problem"].startswith("The sound server does not answer.")


def test_without_a_server_the_list_is_empty_and_says_why(screenless: dict[str, str]) -> None:
    found = run_json("devices", env=screenless)
    assert found == {"server": "", "devices": [], "problem": NO_SERVER}
    done = run("devices", env=screenless)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"recorder-app: {NO_SERVER}\n"


def test_a_microphone_that_is_not_there_is_refused(any_env: dict[str, str], tmp_path: Path) -> None:
    arguments = [*PATTERN, "--mic", "nosuch", "--output", str(tmp_path / "take.webm")]
    done = run(*arguments, env=any_env)
    assert (done.returncode, done.stdout) == (3, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("recorder-app: ")
    error = json.loads(run(*arguments, "--json", env=any_env).stdout)["error"]
    assert (error["code"], error["exit_code"]) == ("source_unavailable", 3)
    assert f"recorder-app: {error['message']} {error['hint']}" == line
    assert not (tmp_path / "take.webm").exists()


def test_the_default_microphone_may_be_missing(any_env: dict[str, str], tmp_path: Path) -> None:
    output = str(tmp_path / "take.webm")
    result = run_json(*PATTERN, "--mic", "default", "--output", output, env=any_env)
    assert result["audio_codecs"] == ["opus"]
    missing = [each for each in result["warnings"] if NO_SERVER in each]
    assert len(missing) == ("no-sound-server" in any_env["PULSE_SERVER"])


def test_the_doctor_tries_the_sound(env: dict[str, str]) -> None:
    with play_tone(env, "mic_in"):
        began = time.monotonic()
        found = run_json("doctor", env=env)
        assert time.monotonic() - began < 2.5
    checks = {each["name"]: each for each in found["checks"]}
    sound = ("sound server", "microphone", "system sound", "noise filter")
    assert all(checks[name]["works"] and not checks[name]["required"] for name in sound)
    assert checks["microphone"]["detail"] == "Virtual microphone, -6 dB"
    assert checks["system sound"]["detail"] == "Monitor of Virtual speakers, silent now"
    assert checks["sound encoder libopus"]["works"]
    assert checks["sound encoder libopus"]["required"]
    assert not checks["sound encoder aac"]["required"]


def test_the_doctor_says_what_is_wrong_with_the_sound(
    sound: VirtualSound, own_desktop: VirtualDesktop
) -> None:
    env = own_desktop.environment | sound.variables
    subprocess.run(["pactl", "set-source-mute", "mic", "1"], env=env, check=True, timeout=20)
    lines = run("doctor", env=env).stdout.splitlines()
    [muted] = [line for line in lines if line.startswith("no     microphone")]
    assert "Virtual microphone is muted. Switch it on" in muted
    sound.kill_server()
    done = run("doctor", env=env)
    # A recording is possible without sound.
    assert done.returncode == 0
    found = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert f"no sound server {NO_SERVER}" in found
    assert "no microphone It needs a sound server." in found
    assert "no system sound It needs a sound server." in found


def test_the_doctor_misses_a_sound_encoder(env: dict[str, str]) -> None:
    done = run("doctor", env=env | {"RECORDER_APP_FAULTS": "encoder.open.libopus=enospc"})
    assert done.returncode == 1
    assert "FAILS  sound encoder libopus" in done.stdout
