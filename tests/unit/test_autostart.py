"""Starting with the session, on a desktop that follows the freedesktop.org specifications."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.errors import AutostartError
from recorder_app.system import autostart

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="desktop files are Linux's")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "autostart" / "recorder-app.desktop"


def read_exec(text: str) -> list[str]:
    """Read the Exec key as the Desktop Entry Specification has it."""
    [value] = [line[5:] for line in text.split("\n") if line.startswith("Exec=")]
    plain, characters = "", iter(value)
    for character in characters:
        if character == "\\":
            character = {"n": "\n", "t": "\t", "s": " ", "\\": "\\"}[next(characters)]
        plain += character
    words = re.finditer(r'"((?:[^"\\]|\\.)*)"|([^ ]+)', plain, re.DOTALL)
    # In quotes a backslash stands before what is meant as itself.
    return [
        re.sub(r"\\(.)", r"\1", word[1] if word[2] is None else word[2], flags=re.DOTALL).replace(
            "%%", "%"
        )
        for word in words
    ]


@pytest.mark.parametrize(
    ("command", "written"),
    [
        (["/usr/bin/recorder-app"], "Exec=/usr/bin/recorder-app"),
        (["/opt/my apps/run", "--x=1"], 'Exec="/opt/my apps/run" --x=1'),
        (["a$b", "`c`", 'd"e'], r'Exec="a\\$b" "\\`c\\`" "d\\"e"'),
        (["back\\slash"], r'Exec="back\\\\slash"'),
        (["100%"], "Exec=100%%"),
        (["", "it's"], 'Exec="" "it\'s"'),
    ],
)
def test_commands_are_quoted_by_the_rules(command: list[str], written: str) -> None:
    assert written in autostart.desktop_entry(command).splitlines()
    assert read_exec(autostart.desktop_entry(command)) == command


_ARGUMENT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\r"))


@given(st.lists(_ARGUMENT, min_size=1, max_size=4))
def test_any_path_comes_back(command: list[str]) -> None:
    assert read_exec(autostart.desktop_entry(command)) == command


def test_on_and_off(file: Path) -> None:
    assert not autostart.is_enabled()
    autostart.enable(["--hidden"])
    autostart.enable(["--hidden"])
    assert autostart.is_enabled()
    assert read_exec(file.read_text()) == [*autostart.program(), "--hidden"]
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    autostart.disable()
    autostart.disable()
    assert not autostart.is_enabled()


def test_the_program_is_the_one_that_runs() -> None:
    command = autostart.program()
    assert Path(command[0]).is_file()
    assert Path(command[0]).parent == Path(sys.executable).parent


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_the_desktop_switched_off_is_off(file: Path, line: str) -> None:
    autostart.enable()
    file.write_text(file.read_text() + line + "\n")
    assert not autostart.is_enabled()
    autostart.enable()
    assert autostart.is_enabled()


def test_a_place_that_cannot_be_written_is_said(file: Path) -> None:
    file.parent.parent.mkdir(parents=True)
    file.parent.write_text("not a folder")
    with pytest.raises(AutostartError) as error:
        autostart.enable()
    assert error.value.hint
