"""``settings`` as a person or a script uses it, and the verbs that take their defaults from it."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from tests.support.command import run, run_json


@pytest.fixture
def settings_file(screenless: dict[str, str]) -> Path:
    """Where the settings of the user of `screenless` are; the file is not there yet."""
    return Path(run("settings", "path", env=screenless).stdout.strip())


def store(env: dict[str, str], **values: object) -> None:
    for key, value in values.items():
        done = run("settings", "set", key.replace("__", "."), str(value), env=env)
        assert done.returncode == 0, done.stderr


def test_all_are_listed_with_value_default_and_help(screenless: dict[str, str]) -> None:
    store(screenless, video__format="mp4")
    lines = run("settings", env=screenless).stdout.splitlines()
    (line,) = (each for each in lines if each.startswith("video.format "))
    assert re.search(r"mp4 +webm \(VP9\)", line)
    (line,) = (each for each in lines if each.startswith("capture.fps "))
    assert re.search(r"30 +default +Most pictures", line)
    listed = {each["key"]: each for each in run_json("settings", env=screenless)["settings"]}
    assert len(listed) == len(lines)
    assert listed["video.format"]["choices"] == ["webm", "mp4", "av1"]
    assert (listed["video.format"]["value"], listed["video.format"]["default"]) == ("mp4", "webm")
    assert (listed["capture.fps"]["least"], listed["capture.fps"]["most"]) == (1, 120)
    assert listed["sound.system_audio"]["value"] is None


def test_a_value_is_set_read_and_reset(screenless: dict[str, str], settings_file: Path) -> None:
    assert run("settings", "set", "sound.mic_gain", "-6", env=screenless).stdout == "-6\n"
    assert stat.S_IMODE(settings_file.stat().st_mode) == 0o600
    assert run("settings", "get", "sound.mic_gain", env=screenless).stdout == "-6\n"
    got = run_json("settings", "get", "sound.mic_gain", env=screenless)
    assert (got["value"], got["is_default"]) == (-6, False)
    assert run_json("settings", "set", "sound.denoise", "on", env=screenless)["value"] is True
    assert run_json("settings", "reset", "sound.mic_gain", env=screenless)
    assert run("settings", "get", "sound.mic_gain", env=screenless).stdout == "0\n"
    assert run("settings", "get", "sound.denoise", env=screenless).stdout == "on\n"
    assert run("settings", "reset", "sound", env=screenless).returncode == 0
    assert run("settings", "get", "sound.denoise", env=screenless).stdout == "off\n"
    store(screenless, capture__fps=60)
    assert run("settings", "reset", env=screenless).returncode == 0
    assert run("settings", "get", "capture.fps", env=screenless).stdout == "30\n"


def test_presets_are_set_by_the_key(screenless: dict[str, str]) -> None:
    store(screenless, presets__demo__quality="high", presets__demo__system_audio="off")
    listed = run_json("settings", env=screenless)["settings"]
    values = {each["key"]: each["value"] for each in listed}
    assert values["presets.demo.quality"] == "high"
    assert values["presets.demo.system_audio"] is False
    assert run("settings", "reset", "presets.demo.quality", env=screenless).returncode == 0
    assert run("settings", "get", "presets.demo.quality", env=screenless).stdout == "auto\n"
    assert run("settings", "reset", "presets.demo", env=screenless).returncode == 0
    assert run("settings", "reset", "presets.demo", env=screenless).returncode == 2


MISTAKES = {
    "wrong key": (["get", "video.formt"], "video.format?"),
    "key without its area": (["set", "fps", "60"], "capture.fps?"),
    "wrong area": (["reset", "vidoe"], "video?"),
    "wrong choice": (["set", "video.format", "avi"], "webm, mp4, av1"),
    "out of bounds": (["set", "capture.fps", "500"], "1 to 120"),
    "no number": (["set", "capture.fps", "many"], "1 to 120"),
    "neither on nor off": (["set", "capture.cursor", "perhaps"], "on or off"),
    "no target": (["set", "capture.target", "moon"], "monitor:N"),
    "no template": (["set", "files.name", "{typ}"], "{title}"),
    "no shortcut": (["set", "shortcuts.pause", "R"], "Ctrl+Alt+R"),
    "shortcut taken": (["set", "shortcuts.pause", "Ctrl+Alt+A"], "Choose another"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_that_says_what_is_allowed(
    screenless: dict[str, str], settings_file: Path, mistake: str
) -> None:
    arguments, way_on = MISTAKES[mistake]
    done = run("settings", *arguments, env=screenless)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert way_on in line
    assert not settings_file.exists()


def test_what_is_wrong_in_the_file_is_told(screenless: dict[str, str], settings_file: Path) -> None:
    settings_file.parent.mkdir(parents=True)
    settings_file.write_text("[video]\nformat = 'avi'\nqualty = 'low'\n")
    done = run("settings", env=screenless)
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 2
    assert "video.quality?" in done.stderr
    assert len(run_json("settings", env=screenless)["problems"]) == 2
