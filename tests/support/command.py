"""Running the real command as a user or a script would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from installers.virtual_sound import without_sound

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 30


def environment(extra: Mapping[str, str] | None = None, *, home: Path) -> dict[str, str]:
    """Return the environment of a user whose home is `home`, without a display and sound."""
    gone = {"DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "RECORDER_APP_FAULTS"}
    # Windows that are tested without a display ask for that by it.
    gone.add("QT_QPA_PLATFORM")
    # Whose tests these are has a library and settings of their own.
    gone |= {"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}
    kept = {name: value for name, value in without_sound(os.environ).items() if name not in gone}
    kept |= {"HOME": str(home), "LANG": "C.UTF-8", "XDG_VIDEOS_DIR": str(home / "Videos")}
    # Else the sound of whoever runs the tests is found, or a server is started for it.
    kept["PULSE_SERVER"] = f"unix:{home / 'no-sound-server'}"
    # What a desktop hands on of the environment of these tests is not its own.
    own = {name: value for name, value in (extra or {}).items() if os.environ.get(name) != value}
    # Sockets of the program and of the session are this home's own.
    run = home / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    return kept | own | {"XDG_RUNTIME_DIR": str(run)}


def run(*arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run ``recorder-app`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "recorder_app", *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def run_json(*arguments: str, env: Mapping[str, str]) -> dict[str, Any]:
    """Run a verb with --json that must succeed; return its object."""
    done = run(*arguments, "--json", env=env)
    assert done.returncode == 0, done.stderr
    parsed: dict[str, Any] = json.loads(done.stdout)
    return parsed


class Recorder:
    """A running ``recorder-app take``: commands in, events out. Killed at the end if need be."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "recorder_app", "take"],
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.events: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._commands = 0

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, command: str, **details: object) -> dict[str, Any]:
        """Send a command and return the reply to it."""
        self._commands += 1
        number = self._commands
        line = json.dumps({"command": command, "id": number, **details}) + "\n"
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()
        return self.wait_for(lambda e: e["type"] == "reply" and e["id"] == number)

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first event that is `wanted`, waiting for it."""
        found: list[dict[str, Any]] = []

        def look() -> bool:
            found[:] = [event for event in self.events if wanted(event)]
            return bool(found) or not self._reader.is_alive()

        with self._changed:
            self._changed.wait_for(look, LIMIT_S)
        assert found, f"it never came; the last events: {self.events[-4:]}"
        return found[0]

    def wait_for_state(self, state: str) -> dict[str, Any]:
        return self.wait_for(lambda e: e["type"] == "state" and e["state"] == state)

    def wait_for_frames(self, count: int) -> dict[str, Any]:
        """Wait until so many pictures were captured."""
        return self.wait_for(lambda e: e["type"] == "statistics" and e["frames_captured"] >= count)

    def result(self) -> dict[str, Any]:
        return self.wait_for(lambda e: e["type"] == "result")

    def close_commands(self) -> None:
        """Be a client that died: nobody sends commands any more."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def has_ended(self, within_s: float) -> bool:
        """Return whether the process ends within that time."""
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def exit_code(self) -> int:
        return self._process.wait(LIMIT_S)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(LIMIT_S)
        self._reader.join(LIMIT_S)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self.events.append(json.loads(line))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()
