"""Which language the program speaks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder_app import paths, texts
from recorder_app.errors import DiskFull
from recorder_app.settings.language import stored_language
from recorder_app.settings.store import SettingsStore
from recorder_app.texts import N_, translate, use_language
from tests.support.command import environment

CLOSE = N_("Close")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = texts._choice
    yield
    use_language(before)


def say(monkeypatch: pytest.MonkeyPatch, **told: str) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    use_language(texts.SYSTEM)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"LANG": "de_DE.UTF-8"}, "Schließen"),
        ({"LANG": "de_AT.UTF-8"}, "Schließen"),
        ({"LANG": "en_GB.UTF-8"}, "Close"),
        ({"LANG": "C.UTF-8"}, "Close"),
        ({}, "Close"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "de_DE.UTF-8"}, "Schließen"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "en_US:de"}, "Close"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "xx:de"}, "Schließen"),
    ],
)
def test_the_system_says_which(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], shown: str
) -> None:
    say(monkeypatch, **told)
    assert translate(CLOSE) == shown


def test_a_choice_goes_before_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, LANG="de_DE.UTF-8")
    use_language("en")
    assert translate(CLOSE) == "Close"
    say(monkeypatch, LANG="en_US.UTF-8")
    use_language("de")
    assert translate(CLOSE) == "Schließen"
    use_language("xx")
    assert translate(CLOSE) == "Close"


def test_an_error_speaks_the_language_of_who_reads_it() -> None:
    error = DiskFull(N_("The disk of {folder} is full: {free} MB are free."), folder="/x", free=12)
    use_language("de")
    assert error.message == "Der Datenträger von /x ist voll: 12 MB sind frei."


def test_a_function_is_asked_when_a_text_is_shown() -> None:
    asked = []

    def choice() -> str:
        asked.append(1)
        return "de"

    use_language(choice)
    assert asked == []
    assert [translate(CLOSE), translate(CLOSE)] == ["Schließen"] * 2
    assert asked == [1]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", "system"),
        ("[appearance]\nlanguage = 'de'\n", "de"),
        ("[appearance]\nlanguage = 'xx'\n", "system"),
        ("[appearance]\nlanguage = []\n", "system"),
        ("appearance = 1\n", "system"),
        ("appearance = [", "system"),
    ],
)
def test_the_stored_one_is_read_whatever_is_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, found: str
) -> None:
    monkeypatch.setattr(paths, "config_folder", lambda: tmp_path)
    assert stored_language() == "system"
    (tmp_path / "settings.toml").write_text(content)
    assert stored_language() == found


def test_the_command_line_speaks_it(tmp_path: Path) -> None:
    env = environment(home=tmp_path)

    def said(lang: str) -> str:
        command = [sys.executable, "-m", "recorder_app", "settings", "get", "no.such"]
        done = subprocess.run(
            command,
            env=env | {"LANG": lang, "LANGUAGE": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stderr

    assert "Es gibt keine Einstellung no.such." in said("de_DE.UTF-8")
    assert "There is no setting no.such." in said("C.UTF-8")
    settings = [path for path in tmp_path.rglob("settings.toml")]
    assert settings == []
    folder = env.get("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    SettingsStore(Path(folder) / paths.APP_NAME / "settings.toml").update(
        "appearance", language="de"
    )
    assert "Es gibt keine Einstellung no.such." in said("C.UTF-8")
