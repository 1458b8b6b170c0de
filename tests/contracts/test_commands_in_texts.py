"""Texts that name a command say where it is typed, and there is such a command."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from recorder_app.cli import main
from tests.support.translations import PACKAGE, marked

# Who reads a hint may sit before a window: there it has to be clear what is meant.
SAYS_WHERE = re.compile(r"\bon the command line\b", re.IGNORECASE)
COMMAND = re.compile(r"“recorder-app\b([^”]*)”")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# What only the command line tells, by the module, or by the text where windows use the rest.
TOLD_BY_COMMANDS = {
    "library/backups.py": "library restore",
    "library/moments.py": "annotate and frame",
    "library/transcripts.py": "transcript",
    "services/doctor.py": "doctor",
    "services/remote.py": "start, stop and the like",
    "services/safekeeping.py": "library check and library restore",
    "services/selftest.py": "selftest",
    "ui/commands.py": "what the app answers to them",
}
TOLD_BY_COMMANDS_TEXTS = {
    # The form of a destination has words of its own for these.
    "Add --replace to configure it anew, or choose another name.",
    "Enter it when asked, on standard input with --secrets, or set {variable}.",
    # Windows leave the moment, and where it goes, to no option.
    "Give --at TIME or --frame FRAME.",
    "Say where it is to go with --output.",
}
# What is to be entered elsewhere in the desktop.
FOR_THE_DESKTOP = {
    "Add a shortcut in the desktop's keyboard settings that runs “recorder-app toggle”.",
    "Add “recorder-app” in the desktop's settings for startup programs instead.",
}


def texts() -> list[tuple[str, str]]:
    """Return the texts that name a command or an option, each with its module."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        for text in marked(path.read_text(encoding="utf-8")):
            if COMMAND.search(text) or OPTION.search(text):
                found.append((place, text))
    return found


def test_a_hint_that_windows_show_says_where_a_command_is_typed() -> None:
    unclear = [
        f"{place}: {text}"
        for place, text in texts()
        if not place.startswith("cli/")
        and place not in TOLD_BY_COMMANDS
        and text not in TOLD_BY_COMMANDS_TEXTS | FOR_THE_DESKTOP
        and not SAYS_WHERE.search(text)
    ]
    assert unclear == []


def test_no_exception_is_left_that_nobody_needs() -> None:
    known = texts()
    assert set(TOLD_BY_COMMANDS) <= {place for place, _ in known}
    assert {text for _, text in known} >= TOLD_BY_COMMANDS_TEXTS | FOR_THE_DESKTOP


@pytest.mark.parametrize(
    "line", sorted({each.strip() for _, text in texts() for each in COMMAND.findall(text)})
)
def test_a_command_in_a_text_exists(line: str) -> None:
    main._register()
    command: click.Command = main.cli
    words = shlex.split(line)
    while words and isinstance(command, click.Group) and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options
    # What is left stands for what the command is about.
    rest = [word for word in words if not word.startswith("--")]
    assert not rest or not isinstance(command, click.Group) or command.invoke_without_command
