"""Try an installed program, of a wheel or a bundle, on a private desktop: name its path.

The command line, then the app: start, an icon in the tray, a take of three seconds, its pictures
made in the background, quit. It is started from a folder of its own, with no way to this checkout.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import av
import psutil

from installers import notices
from installers.desktop_programs import has_tray_icon
from installers.virtual_desktop import VirtualDesktop
from installers.virtual_sound import installed_server

TAKE_S = 3.0

_LIMIT_S = 60.0
_LOOK_AGAIN_S = 0.05
# A take loses no more than this at its ends, by what “start” and “stop” themselves take.
_SHORTER_S = 0.5


class SmokeFailed(Exception):
    """What the program did not do, in a line."""


class Smoke:
    """A program, the environment of a new user of `desktop`, and the folder of both."""

    def __init__(
        self, program: Path, desktop: Mapping[str, str], folder: Path, has_sound: bool
    ) -> None:
        self._program = program
        self._has_sound = has_sound
        self._folder = folder
        self.environment = _user(desktop, folder)

    def command_line(self) -> str:
        """Try what needs no app; return the version it says. Raises SmokeFailed."""
        said = self._run("--version").strip()
        _expect(said.startswith("recorder-app, version "), f"--version: {said}")
        self._run("doctor")
        path = self._folder / "pattern.webm"
        arguments = ["--target", "synthetic:pattern", "--duration", "1", "--output", str(path)]
        self._run("record", *arguments, "--no-system-audio")
        _expect_plays(path, 0.9)
        listed = [each["path"] for each in self._run_json("list")]
        _expect(listed == [str(path)], f"list: {listed}")
        return said.rpartition(" ")[2]

    def notices(self) -> None:
        """See that a bundle says what it brings along. Raises SmokeFailed."""
        inside = self._program.parent / "_internal"
        if not inside.is_dir():
            # Of a wheel, pip brings the rest.
            return
        told = inside / notices.FILE_NAME
        _expect(told.is_file(), f"there is no {told.name}")
        text = told.read_text(encoding="utf-8")
        for name in ("PySide6", "numpy", "Python", "FFmpeg", "x264", "x265", "GPL"):
            _expect(name in text, f"{told.name} says nothing of {name}")

    def app(self) -> None:
        """Try the app on a desktop with a tray. Raises SmokeFailed."""
        with self._started() as process:

            def is_up() -> bool:
                _expect(process.poll() is None, f"the app ended: {self._log()}")
                return has_tray_icon(self.environment)

            _wait("no icon in the tray", is_up)
            state = self._run_json("status")["state"]
            _expect(state == "idle", f"status: {state}")
            self._run("start")
            state = self._run_json("status")["state"]
            _expect(state == "recording", f"status while recording: {state}")
            time.sleep(TAKE_S)
            ended = self._run_json("stop")
            _expect(ended["state"] == "finished", f"stop: {ended}")
            path = Path(ended["path"])
            _expect(path.is_relative_to(self._folder), f"the recording is elsewhere: {path}")
            _expect_plays(path, TAKE_S - _SHORTER_S, self._has_sound)
            previews = self._folder / "cache" / "recorder-app" / "previews" / ended["recording_id"]
            _wait("no pictures of the recording", lambda: _has_files(previews))
            process.send_signal(signal.SIGTERM)
            try:
                code = process.wait(_LIMIT_S)
            except subprocess.TimeoutExpired:
                raise SmokeFailed("the app does not quit") from None
            _expect(code == 0, f"the app ended with {code}: {self._log()}")
        _wait("something of the app still runs", lambda: not self._running())

    @contextlib.contextmanager
    def _started(self) -> Iterator[subprocess.Popen[bytes]]:
        with (self._folder / "app.log").open("wb") as log:
            process = subprocess.Popen(
                [self._program],
                env=self.environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            # Takes outlive the app that started them.
            for each in self._running():
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
            process.wait()

    def _log(self) -> str:
        text = (self._folder / "app.log").read_text(errors="replace").strip()
        return text[-2000:] or "it printed nothing"

    def _running(self) -> list[psutil.Process]:
        """Return the processes of this user, by their home, but not those of the desktop."""
        found = []
        for each in psutil.process_iter():
            try:
                if each.environ().get("HOME") == str(self._folder):
                    found.append(each)
            except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
        return found

    def _run(self, *arguments: str) -> str:
        try:
            done = subprocess.run(
                [self._program, *arguments],
                env=self.environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_LIMIT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SmokeFailed(f"{arguments[0]}: {error}") from error
        _expect(done.returncode == 0, f"{arguments[0]}: {done.stderr.strip() or done.stdout}")
        return done.stdout

    def _run_json(self, *arguments: str) -> Any:
        return json.loads(self._run(*arguments, "--json"))


def smoke(program: Path) -> str:
    """Try `program`; return the version it says. Raises SmokeFailed."""
    server = installed_server()
    with (
        VirtualDesktop("1280x720", dbus=True, tray=True, sound=server) as desktop,
        tempfile.TemporaryDirectory(prefix="smoke-", ignore_cleanup_errors=True) as folder,
    ):
        trial = Smoke(program, desktop.environment, Path(folder).resolve(), bool(server))
        version = trial.command_line()
        trial.notices()
        trial.app()
    return version


def _user(desktop: Mapping[str, str], folder: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in desktop.items()
        # Whoever starts this may have a way to other modules and settings of their own for Qt.
        if not name.startswith(("PYTHON", "QT_", "RECORDER_APP_", "VIRTUAL_ENV", "LD_"))
    }
    homes = {
        f"XDG_{kind}_HOME": str(folder / kind.lower())
        for kind in ("CONFIG", "DATA", "STATE", "CACHE")
    }
    return kept | homes | {"HOME": str(folder), "XDG_VIDEOS_DIR": str(folder / "Videos")}


def _expect(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise SmokeFailed(otherwise)


def _wait(otherwise: str, is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LIMIT_S
    while not is_so():
        _expect(time.monotonic() < deadline, otherwise)
        time.sleep(_LOOK_AGAIN_S)


def _expect_plays(path: Path, least_s: float, has_sound: bool = False) -> None:
    try:
        with av.open(str(path)) as container:
            is_heard = bool(container.streams.audio)
            count = sum(1 for _ in container.decode(video=0))
            length = (container.duration or 0) / av.time_base
    except (OSError, av.FFmpegError) as error:
        raise SmokeFailed(f"{path.name} does not play: {error}") from error
    _expect(is_heard == has_sound, f"{path.name} has sound: {is_heard}, not {has_sound}")
    _expect(count > 1, f"{path.name} has {count} pictures")
    _expect(length >= least_s, f"{path.name} is {length:.1f} s long, not {least_s:.1f} s")


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def main() -> int:
    """Try the program named on the command line; return the exit code."""
    if len(sys.argv) != 2:
        print("usage: python -m installers.smoke PATH", file=sys.stderr)
        return 2
    found = shutil.which(sys.argv[1])
    if found is None:
        print(f"smoke: FAILED: {sys.argv[1]} is no program", file=sys.stderr)
        return 1
    began = time.monotonic()
    try:
        version = smoke(Path(os.path.abspath(found)))
    except SmokeFailed as error:
        print(f"smoke: FAILED: {error}", file=sys.stderr)
        return 1
    print(f"smoke: {found} {version} works ({time.monotonic() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
