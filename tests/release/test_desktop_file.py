"""The desktop file, by which menus and panels know the program."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from xml.etree import ElementTree

from click.testing import CliRunner

from recorder_app.cli import control
from recorder_app.system import autostart
from tests.support.command import LIMIT_S, ROOT

ID = "io.github.recorder_app.Recorder"
FILE = ROOT / "installers" / f"{ID}.desktop"


def entries() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=", strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(FILE, encoding="utf-8")
    return parser


def test_it_is_valid() -> None:
    assert entries()["Desktop Entry"]["Type"] == "Application"
    if validator := shutil.which("desktop-file-validate"):
        done = subprocess.run(
            [validator, FILE], capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
        assert (done.returncode, done.stdout) == (0, "")


def test_it_is_the_file_of_the_apps_windows() -> None:
    text = (ROOT / "recorder_app" / "ui" / "main.py").read_text()
    assert re.findall(r'setDesktopFileName\("(.*)"\)', text) == [ID]


def test_its_icon_is_installed_by_that_name_and_is_square() -> None:
    assert entries()["Desktop Entry"]["Icon"] == ID
    assert f"Icon={ID}" in autostart.desktop_entry(["recorder-app"]).splitlines()
    assert f"/{ID}.svg" in (ROOT / "pyproject.toml").read_text()
    icon = ElementTree.parse(ROOT / "resources" / "icons" / "app.svg").getroot()
    assert icon.get("width") == icon.get("height")


def test_what_it_starts_is_there() -> None:
    parser = entries()
    actions = parser["Desktop Entry"]["Actions"].rstrip(";").split(";")
    assert [f"Desktop Action {name}" for name in actions] == parser.sections()[1:]
    for section in parser.sections():
        program, *arguments = shlex.split(parser[section]["Exec"])
        assert program == "recorder-app"
        if arguments:
            verb = getattr(control, arguments[0])
            assert CliRunner().invoke(verb, [*arguments[1:], "--help"]).exit_code == 0
