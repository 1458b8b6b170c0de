"""Takes that are spoken to over their sockets, as the app and the command line do it."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from recorder_app.system import local_socket
from tests.support.command import LIMIT_S

PATTERN = {"target": "synthetic:pattern@320x180", "system_audio": False}


class Client:
    """One side of a connection; everything that is heard is in `events`."""

    def __init__(self, path: Path, *, is_deaf: bool = False) -> None:
        self.socket = local_socket.connect(path, LIMIT_S)
        self.socket.settimeout(None)
        self.events: list[dict[str, Any]] = []
        self.has_ended = False
        self._changed = threading.Condition()
        self._commands = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        if not is_deaf:
            self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, command: str, **details: object) -> dict[str, Any]:
        """Send a command and return the reply to it."""
        number = self.ask(command, **details)
        return self.wait_for(lambda e: e["type"] == "reply" and e["id"] == number)

    def ask(self, command: str, **details: object) -> int:
        """Send a command; return its number."""
        self._commands += 1
        self.write(json.dumps({"command": command, "id": self._commands, **details}) + "\n")
        return self._commands

    def write(self, text: str) -> None:
        self.socket.sendall(text.encode())

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first event that is `wanted`, waiting for it."""
        with self._changed:
            self._changed.wait_for(lambda: self.has_ended or any(map(wanted, self.events)), LIMIT_S)
            found = next(filter(wanted, self.events), None)
        assert found is not None, f"it never came; the last events: {self.events[-4:]}"
        return found

    def wait_for_state(self, state: str) -> dict[str, Any]:
        return self.wait_for(lambda e: e["type"] == "state" and e["state"] == state)

    def wait_for_frames(self, count: int) -> dict[str, Any]:
        return self.wait_for(lambda e: e["type"] == "statistics" and e["frames_captured"] >= count)

    def snapshot(self) -> dict[str, Any]:
        """Return how the take stood when this client came."""
        return self.wait_for(lambda e: e["type"] == "snapshot")

    def result(self) -> dict[str, Any]:
        return self.wait_for(lambda e: e["type"] == "result")

    def wait_for_end(self) -> bool:
        """Return whether the other side hangs up in time."""
        self._reader.join(LIMIT_S)
        return self.has_ended

    def note(self, event: dict[str, Any]) -> None:
        """Hear an event as it comes; for those who want to know when."""

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        if self._reader.ident is not None:
            self._reader.join(LIMIT_S)
        self.socket.close()

    def _read(self) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while piece := self.socket.recv(65536):
                *lines, rest = (rest + piece).split(b"\n")
                events = [json.loads(line) for line in lines]
                with self._changed:
                    for event in events:
                        self.note(event)
                    self.events += events
                    self._changed.notify_all()
        with self._changed:
            self.has_ended = True
            self._changed.notify_all()


class ListeningTake:
    """A running ``recorder-app take --listen``. Killed at the end if need be."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "recorder_app", "take", "--listen"],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.path = takes_folder(env) / f"{self.process.pid}.sock"

    def client(self, *, is_deaf: bool = False) -> Client:
        """Return a connection, as soon as it listens."""
        until = time.monotonic() + LIMIT_S
        while not self.path.exists():
            assert time.monotonic() < until, "it does not listen"
            assert self.process.poll() is None, "it has ended"
            time.sleep(0.02)
        return Client(self.path, is_deaf=is_deaf)

    def exit_code(self) -> int:
        return self.process.wait(LIMIT_S)

    def has_ended(self, within_s: float) -> bool:
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(LIMIT_S)
        assert self.process.stderr is not None
        self.process.stderr.close()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Have it answer nobody for a while."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


def takes_folder(env: Mapping[str, str]) -> Path:
    return Path(env["XDG_RUNTIME_DIR"]) / "recorder-app" / "takes"


@contextlib.contextmanager
def listening_take(env: Mapping[str, str]) -> Iterator[ListeningTake]:
    """A process that waits for its clients."""
    take = ListeningTake(env)
    try:
        yield take
    finally:
        take.close()
