"""``settings`` as a person or a script uses it, and the verbs that take their defaults from it."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from recorder_app.media.containers import inspect
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
    "option at the wrong place": (["--json", "get", "capture.fps"], "behind “get”"),
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


PATTERN = ("record", "--target", "synthetic:pattern@320x180", "--duration", "1")


def test_a_recording_takes_what_is_stored_and_options_win(
    screenless: dict[str, str], settings_file: Path, tmp_path: Path
) -> None:
    settings_file.parent.mkdir(parents=True)
    settings_file.write_text(
        "[capture]\ntarget = 'synthetic:pattern@320x180'\nfps = 10\n"
        "[video]\nformat = 'mp4'\n[stop]\nafter_s = 1\n"
        f"[files]\nfolder = '{tmp_path}/my takes'\nname = 'Take {{number}} of {{date}}'\n"
    )
    first = run_json("record", env=screenless)
    path = Path(first["path"])
    assert path.parent == tmp_path / "my takes"
    assert re.fullmatch(r"Take 1 of \d{4}-\d\d-\d\d\.mp4", path.name)
    assert first["duration_s"] == pytest.approx(1.0, abs=0.2)
    assert inspect(path).video_frames <= 12
    options = ("--format", "webm", "--fps", "30", "--duration", "0.5")
    chosen = run_json("record", *options, env=screenless)
    assert Path(chosen["path"]).suffix == ".webm"
    assert chosen["duration_s"] == pytest.approx(0.5, abs=0.2)
    assert Path(run_json("record", env=screenless)["path"]).name.startswith("Take 2 of ")
    named = run_json("record", "--output", str(tmp_path / "x.mp4"), env=screenless)
    assert named["path"] == str(tmp_path / "x.mp4")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[video\n", "kept as"),
        ("[video]\nformat = 'avi'\n", "webm, mp4, av1"),
        ("[video]\nformat = 'avi'\nqualty = 'low'\n", "recorder-app settings"),
        ("[files]\nfolder = '/proc/takes'\n", "Videos"),
        ("[files]\nfolder = '~nosuchuser/takes'\n", "Videos"),
    ],
)
def test_wrong_settings_are_told_on_one_line_and_stop_no_recording(
    screenless: dict[str, str], settings_file: Path, tmp_path: Path, content: str, told: str
) -> None:
    settings_file.parent.mkdir(parents=True)
    settings_file.write_text(content)
    done = run(*PATTERN, env=screenless)
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert told in line
    path = Path(done.stdout.strip())
    assert (path.parent, path.suffix) == (tmp_path / "Videos", ".webm")


def test_settings_that_cannot_be_opened_stop_no_recording(
    screenless: dict[str, str], settings_file: Path
) -> None:
    settings_file.mkdir(parents=True)
    done = run(*PATTERN, env=screenless)
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1


def recorded(env: dict[str, str]) -> None:
    assert run(*PATTERN, env=env).returncode == 0


def test_the_storage_limit_is_that_of_the_settings(screenless: dict[str, str]) -> None:
    recorded(screenless)
    assert run_json("stats", env=screenless)["limit_bytes"] is None
    store(screenless, library__storage_limit_gb="0.000001")
    found = run_json("stats", env=screenless)
    assert found["limit_bytes"] == 1000
    assert any("you want at most" in alert for alert in found["alerts"])
    assert run_json("stats", "--limit", "5", env=screenless)["limit_bytes"] == 5_000_000_000


def test_retention_goes_by_the_stored_rules_unless_some_are_given(
    screenless: dict[str, str], settings_file: Path
) -> None:
    def planned(*options: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = run_json("retention", "plan", *options, env=screenless)[
            "deletions"
        ]
        return found

    recorded(screenless)
    refused = run("retention", "plan", env=screenless)
    assert refused.returncode == 2
    assert "library.delete_after_days" in refused.stderr
    store(screenless, library__delete_over_gb="0.000001")
    assert len(planned()) == 1
    assert not planned("--older-than", "1")
    store(screenless, library__only_uploaded="on")
    assert not planned()
    # What is wrong must not delete more than was wanted.
    settings_file.write_text(settings_file.read_text().replace("= true", "= 'yes'"))
    refused = run("retention", "apply", env=screenless)
    assert refused.returncode == 2
    assert "library.only_uploaded" in refused.stderr
    assert run("list", env=screenless).stdout.strip()


def test_the_doctor_looks_at_what_is_stored(
    screenless: dict[str, str], settings_file: Path, tmp_path: Path
) -> None:
    settings_file.parent.mkdir(parents=True)
    settings_file.write_text(f"[files]\nfolder = '{tmp_path}/takes'\n[video]\nformat = 'avi'\n")
    done = run("doctor", "--json", env=screenless)
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert not checks["settings"]["works"]
    assert "webm, mp4, av1" in checks["settings"]["detail"]
    assert str(tmp_path) in checks["disk"]["detail"]
