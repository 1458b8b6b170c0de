"""The app as a person has it: running on a desktop, with everything of it ended afterwards."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import av
import psutil

from recorder_app.media.geometry import Rect
from tests.support.command import LIMIT_S, run, run_json
from tests.support.eyes import Eyes
from tests.support.hands import Hands, wait_until

LOG_CHARACTERS = 6000
# The bindings belong to the system's Python, not to a virtual environment.
_LISTENER = ("/usr/bin/python3", str(Path(__file__).with_name("atspi_focus.py")))
# Longer than a menu needs; a key pressed before it is open is pressed again.
_TOLD_WITHIN_S, _TRIES = 1.0, 3
# Qt's is 0.4 s.
_DOUBLE_CLICK_S = 0.7


class RunningApp:
    """A ``recorder-app`` without arguments, and what a person does to it and sees of it."""

    def __init__(self, env: Mapping[str, str], stderr: IO[bytes]) -> None:
        self.env = dict(env)
        self.hands = Hands(env)
        self._stderr = stderr
        self.process = subprocess.Popen(
            [sys.executable, "-m", "recorder_app"], env=self.env, stderr=stderr
        )
        self.eyes = Eyes(env, self.process.pid)
        self._clicked_at = 0.0

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a verb of the command line beside it."""
        return run(*arguments, env=self.env)

    def status(self) -> dict[str, Any]:
        """Return what ``status`` tells."""
        return run_json("status", env=self.env)

    def wait_for(self, state: str) -> dict[str, Any]:
        """Wait until ``status`` tells that state; return what it tells."""

        def look() -> dict[str, Any]:
            now = self.status()
            return now if now["state"] == state else {}

        return wait_until(look)

    def wait_for_seconds(self, seconds: float) -> None:
        """Wait until so much is recorded."""
        wait_until(lambda: self.status()["elapsed_s"] >= seconds)

    def stop(self) -> Path:
        """Stop by the command line; return the file."""
        return Path(run_json("stop", env=self.env)["path"])

    def recordings(self) -> list[dict[str, Any]]:
        """Return what is in the library, the newest first."""
        done = self.command("list", "--json")
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def wait_for_file(self) -> Path:
        """Return the file of the take that has ended, waiting for it."""

        def look() -> str:
            now = self.status()
            return str(now["path"]) if now["state"] == "idle" else ""

        return Path(wait_until(look))

    def click_icon(self) -> None:
        # Two clicks within a moment are a double click, which does nothing here.
        time.sleep(max(0.0, self._clicked_at + _DOUBLE_CLICK_S - time.monotonic()))
        self.hands.click_on(self.hands.tray_icon().rect)
        self._clicked_at = time.monotonic()

    def choose(self, *names: str) -> None:
        """Go through the icon's menu by keyboard to the entry, submenus before it, and press it.

        Of an entry that shows more beside its text the beginning is enough.
        """
        with self._menu() as seen:
            for name in names[:-1]:
                self._go_to(name, seen)
                self._press("Right", seen)
            self._go_to(names[-1], seen)
            self.hands.key("Return")

    def menu_names(self) -> list[str]:
        """Return what can be chosen in the icon's menu, which is closed again."""
        with self._menu() as seen:
            names = [seen.last]
            while (name := self._next(seen)) not in names:
                names.append(name)
            self.hands.key("Escape")
        return names

    def shows(self, role: str, name: str) -> bool:
        """Whether such a widget is to be seen now."""
        tree = self.eyes.look()
        return tree is not None and bool(tree.all(role, name))

    def press(self, role: str, name: str) -> None:
        """Do the first action of a widget, once it is there."""
        wait_until(lambda: self.shows(role, name))
        self.eyes.press(role, name)

    def windows(self) -> dict[str, Rect]:
        """Return where each of its windows that can be seen now is, by title."""
        tree = self.eyes.look()
        assert tree is not None
        return {one.name: one.rect for one in tree.children if one.is_showing}

    @contextlib.contextmanager
    def _menu(self) -> Iterator[Listener]:
        with listening(self.env, self.process.pid) as seen:
            deadline = time.monotonic() + LIMIT_S
            while not seen.count:
                assert time.monotonic() < deadline, "no menu has the keyboard"
                # A click beside a menu that is still open closes it.
                self.hands.right_click_on(self.hands.tray_icon().rect)
                for _ in range(_TRIES):
                    if not seen.count:
                        self.hands.key("Down")
                        seen.wait_beyond(0)
            yield seen

    def _go_to(self, name: str, seen: Listener) -> None:
        passed: list[str] = []
        while not seen.last.startswith(name):
            # Told late, one entry may be seen twice.
            assert passed.count(seen.last) < 4, f"there is no {name!r} among {passed}"
            passed.append(self._next(seen))

    def _next(self, seen: Listener) -> str:
        """Go down in the menu; return what is chosen then."""
        self._press("Down", seen)
        return seen.last

    def _press(self, key: str, seen: Listener) -> None:
        """Press a key that chooses another entry, and wait until that is told."""
        count = seen.count
        self.hands.key(key)
        wait_until(lambda: seen.wait_beyond(count))

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait(LIMIT_S)

    def has_ended(self) -> int:
        """Wait until it has ended; return its exit code."""
        return self.process.wait(LIMIT_S)

    def others(self) -> list[psutil.Process]:
        """Return what runs of the program beside the app itself."""
        return [one for one in own_processes(self.env) if one.pid != self.process.pid]

    def story(self) -> str:
        """Return what it said and logged, for who must find out why a test failed."""
        self._stderr.seek(0)
        said = self._stderr.read().decode(errors="replace")
        logs = sorted(Path(self.env["HOME"]).rglob("recorder-app/**/*.log"))
        parts = [f"{path.name}:\n{path.read_text(errors='replace')}" for path in logs]
        return "\n".join(part[-LOG_CHARACTERS:] for part in [f"stderr:\n{said}", *parts])


class Listener:
    """What the program chooses in its menus, as it tells a screen reader."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._changed = threading.Condition()
        self.count, self.last = 0, ""
        assert json.loads(stream.readline()) == "ready"
        threading.Thread(target=self._read, daemon=True).start()

    def wait_beyond(self, count: int) -> bool:
        """Wait a moment for more than `count`; return whether they came."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count > count, _TOLD_WITHIN_S)

    def _read(self) -> None:
        for line in self._stream:
            role, name = json.loads(line)
            if role == "menu item":
                with self._changed:
                    self.count, self.last = self.count + 1, name
                    self._changed.notify_all()


@contextlib.contextmanager
def listening(env: Mapping[str, str], pid: int) -> Iterator[Listener]:
    """Listen to what the program tells screen readers."""
    reader = subprocess.Popen([*_LISTENER, str(pid)], env=env, stdout=subprocess.PIPE, text=True)
    assert reader.stdout is not None
    try:
        yield Listener(reader.stdout)
    finally:
        reader.kill()
        reader.wait(LIMIT_S)
        reader.stdout.close()


@contextlib.contextmanager
def running_app(env: Mapping[str, str], *, is_first_run: bool = False) -> Iterator[RunningApp]:
    """Run the app; inside, it answers. Takes and helpers of this user end with it.

    Unless it is to be the first run, this user has been welcomed before.
    """
    state = Path(env["HOME"], ".local/share/recorder-app/app.json")
    if not is_first_run and not state.exists():
        state.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        state.write_text("{}")
    with tempfile.TemporaryFile() as stderr:
        app = RunningApp(env, stderr)
        try:
            wait_until(lambda: app.process.poll() is not None or answers(env), LIMIT_S)
            yield app
        finally:
            end_all(env)
            app.process.wait(LIMIT_S)
            # Of a test that fails this is shown.
            print(app.story())


def answers(env: Mapping[str, str]) -> bool:
    done = run("status", "--json", env=env)
    return done.returncode == 0 and bool(json.loads(done.stdout)["app"])


def own_processes(env: Mapping[str, str]) -> list[psutil.Process]:
    """Return what runs of the program for this user: the app, takes, helpers."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            is_ours = process.environ().get("XDG_RUNTIME_DIR") == env["XDG_RUNTIME_DIR"]
            if is_ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def end_all(env: Mapping[str, str]) -> None:
    """End what runs of the program for this user, whatever state it is in."""
    while left := own_processes(env):
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, LIMIT_S)


def chapters(path: Path) -> list[tuple[float, str]]:
    """Return the start in seconds and the title of each chapter of a file."""
    found = []
    with av.open(path) as source:
        for one in source.chapters():
            assert one["time_base"] is not None
            title = one["metadata"].get("title", "")
            found.append((float(one["start"] * one["time_base"]), title))
    return found
