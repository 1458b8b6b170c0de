"""Whether the program starts with the session of the person who uses it.

Linux: the Desktop Application Autostart Specification and the Desktop Entry Specification 1.5.
Windows: the Run key. macOS: a LaunchAgent. The last two are not yet tried there.
"""

from __future__ import annotations

import contextlib
import os
import plistlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import platformdirs

from recorder_app.errors import AutostartError
from recorder_app.paths import APP_NAME
from recorder_app.texts import N_

_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
# As packages install it, beside the desktop file of menus.
_ICON = "io.github.recorder_app.Recorder"
_LABEL = f"io.github.{APP_NAME}"
# From "The Exec key": an argument that has one of these is put in quotes.
_RESERVED = " \t\n\"'\\><~|&;$*?#()`"


def is_enabled() -> bool:
    """Return whether the program starts with the session. Raises AutostartError."""
    with _errors():
        if sys.platform == "win32":
            return _run_value() is not None
        path = _file()
        if not path.is_file():
            return False
        return sys.platform == "darwin" or _says_yes(path.read_text("utf-8", "replace"))


def enable(arguments: Sequence[str] = ()) -> None:
    """Have the program, as it runs now, start with the session. Raises AutostartError.

    `arguments` come after the program's name. A second call changes what the first one wrote.
    """
    command = [*program(), *arguments]
    with _errors():
        if sys.platform == "win32":
            _set_run_value(subprocess.list2cmdline(command))
        elif sys.platform == "darwin":
            agent = {"Label": _LABEL, "ProgramArguments": command, "RunAtLoad": True}
            _write(_file(), plistlib.dumps(agent))
        else:
            _write(_file(), desktop_entry(command).encode())


def disable() -> None:
    """Have the program not start with the session. Raises AutostartError."""
    with _errors():
        if sys.platform == "win32":
            _set_run_value(None)
        else:
            _file().unlink(missing_ok=True)


def set_enabled(is_wanted: bool) -> None:
    """Have the program start with the session, or not; what is so stays. Raises AutostartError."""
    if is_wanted and not is_enabled():
        enable()
    elif not is_wanted and is_enabled():
        disable()


def program() -> list[str]:
    """Return the command that starts this program again, wherever it is installed."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    # Not resolved: the python of a virtual environment is a link out of it.
    script = Path(sys.executable).with_name(
        f"{APP_NAME}.exe" if sys.platform == "win32" else APP_NAME
    )
    return [str(script)] if script.is_file() else [sys.executable, "-m", "recorder_app"]


def desktop_entry(command: Sequence[str]) -> str:
    """Return the text of a desktop file that starts `command`."""
    quoted = " ".join(_quoted(argument) for argument in command)
    # A value is a string, whose backslashes and line ends are escaped once more.
    value = quoted.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Version=1.5\n"
        "Name=Recorder\n"
        f"Exec={value}\n"
        f"Icon={_ICON}\n"
        "Terminal=false\n"
        "StartupNotify=false\n"
    )


def _quoted(argument: str) -> str:
    if "\0" in argument or "\r" in argument:
        raise AutostartError(N_("The program's path has characters that cannot be written."))
    escaped = argument.replace("%", "%%")
    if argument and not any(character in _RESERVED for character in argument):
        return escaped
    for character in '\\"`$':
        escaped = escaped.replace(character, f"\\{character}")
    return f'"{escaped}"'


def _says_yes(text: str) -> bool:
    # Session managers switch a file off without deleting it, GNOME with a key of its own.
    entries = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    entries = {key.strip(): value.strip().lower() for key, value in entries.items()}
    is_off = entries.get("X-GNOME-Autostart-enabled") == "false"
    return entries.get("Hidden") != "true" and not is_off


def _file() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "LaunchAgents" / f"{_LABEL}.plist"
    return platformdirs.user_config_path() / "autostart" / f"{APP_NAME}.desktop"


def _write(path: Path, data: bytes) -> None:
    """Write all of a file or nothing: half of one would be run at the next login."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


if sys.platform == "win32":
    import winreg

    def _run_value() -> str | None:
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                return str(winreg.QueryValueEx(key, APP_NAME)[0])
        except FileNotFoundError:
            return None

    def _set_run_value(command: str | None) -> None:
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
            if command is not None:
                winreg.SetValueEx(key, APP_NAME, 0, winreg.REG_SZ, command)
                return
            with contextlib.suppress(FileNotFoundError):
                winreg.DeleteValue(key, APP_NAME)


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AutostartError(
            N_("The system's list of programs to start cannot be used: {reason}."),
            hint=N_("Add “recorder-app” in the desktop's settings for startup programs instead."),
            reason=error.strerror or str(error),
        ) from error
