"""The clipboard for programs without a window, through the desktop's own small programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

from recorder_app.errors import IntegrationError
from recorder_app.system.secrets import without_secrets
from recorder_app.texts import N_

_LIMIT_S = 3.0


def copy(text: str, environment: Mapping[str, str] | None = None) -> None:
    """Put `text` on the clipboard. Raises IntegrationError where there is none."""
    environment = os.environ if environment is None else environment
    command = _command(environment)
    if command is None:
        raise IntegrationError(
            N_("There is no clipboard here."),
            hint=N_("On a Wayland desktop install wl-clipboard, on X11 xclip."),
        )
    try:
        # Never as an argument: those are for every user to see. The program stays in the
        # background, as owner of the clipboard, and must not hold on to our output, nor to what
        # we were told.
        subprocess.run(
            command,
            input=text.encode(),
            env=without_secrets(environment),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_LIMIT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise IntegrationError(
            N_("The clipboard does not take the link ({program})."),
            hint=N_("Copy it from the terminal."),
            program=command[0],
        ) from error


def _command(environment: Mapping[str, str]) -> list[str] | None:
    if sys.platform == "darwin":
        return ["pbcopy"]
    if sys.platform == "win32":
        return ["clip"]
    choices = (
        ("WAYLAND_DISPLAY", ["wl-copy"]),
        ("DISPLAY", ["xclip", "-selection", "clipboard", "-in"]),
        ("DISPLAY", ["xsel", "--clipboard", "--input"]),
    )
    for variable, command in choices:
        if environment.get(variable) and shutil.which(command[0]):
            return command
    return None
