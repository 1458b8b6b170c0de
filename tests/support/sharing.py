"""A person at a terminal who shares recordings, and what must be found nowhere afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

import msgspec

from recorder_app.library import recordings
from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.services.uploads import list_uploads
from tests.support.bunny import API_KEY, LIBRARY, ZONE
from tests.support.command import LIMIT_S, ROOT, run, run_json

WAIT_S = 60.0


class Sharer:
    """A user's home with a library, and a destination “work” whose key is in the environment."""

    def __init__(self, env: dict[str, str], home: Path) -> None:
        self.home = home
        folders = {
            f"XDG_{kind}_HOME": str(home / kind.lower())
            for kind in ("DATA", "CONFIG", "STATE", "CACHE")
        }
        self.env = env | folders | {"RECORDER_APP_SECRET_WORK_API_KEY": API_KEY}

    @property
    def library(self) -> Path:
        return self.home / "data" / "recorder-app" / "library.sqlite"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(*arguments, env=self.env)

    def ask(self, *arguments: str) -> dict[str, Any]:
        return run_json(*arguments, env=self.env)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "recorder_app", *arguments],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def add_stream(self, address: str, *more: str) -> dict[str, Any]:
        """Add the destination “work”: a library at the Bunny-like service there."""
        fields = {"library_id": LIBRARY, "api_address": address, "pull_zone": ZONE}
        given = [part for name, value in fields.items() for part in ("--set", f"{name}={value}")]
        return self.ask("destination", "add", "work", "--kind", "bunny-stream", *given, *more)

    def enter(self, path: Path, title: str = "A take", **columns: object) -> str:
        """Enter a file as a recording; return its id."""
        database = Database(self.library)
        try:
            with database.write() as session:
                row = Recording(
                    title=title,
                    recording_type="screen",
                    path=str(path),
                    file_size=path.stat().st_size,
                    mime_type="video/webm",
                    **columns,
                )
                return recordings.add(session, row).id
        finally:
            database.close()

    def recording(self) -> dict[str, Any]:
        """Return the only recording there is."""
        listed: list[dict[str, Any]] = json.loads(self.run("list", "--json").stdout)
        (found,) = listed
        return found

    def upload_of(self, recording_id: str) -> dict[str, Any]:
        """Return how the upload of a recording stands."""
        return self.wait_for(recording_id, lambda _: True)

    def wait_for(
        self, recording_id: str, is_reached: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        """Return how the upload of a recording stands once it has got there.

        Read here, not by the command: that takes as long as the upload of a test.
        """
        deadline = time.monotonic() + WAIT_S
        database = Database(self.library)
        try:
            while True:
                entries = [e for e in list_uploads(database) if e.recording_id == recording_id]
                plain: list[dict[str, Any]] = msgspec.to_builtins(entries)
                if plain and is_reached(plain[0]):
                    return plain[0]
                assert time.monotonic() < deadline, json.dumps(plain)
                time.sleep(0.05)
        finally:
            database.close()

    def files_with(self, secrets: Iterable[str]) -> list[str]:
        """Return where one of these texts is in a file of this user's."""
        found = []
        for path in self.home.rglob("*"):
            if path.is_file() and not path.is_symlink():
                content = path.read_bytes()
                found += [f"{path}: {each}" for each in secrets if each.encode() in content]
        return found


class CommandLines:
    """Reads the arguments of all processes, again and again, and notes which hold a secret."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [each.encode() for each in secrets]
        self.found: set[str] = set()
        self.rounds = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._read, name="command lines")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._ended.set()
        self._thread.join(LIMIT_S)

    def _read(self) -> None:
        while not self._ended.wait(0.05):
            self.rounds += 1
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    content = path.read_bytes()
                except OSError:
                    continue
                if any(secret in content for secret in self._secrets):
                    self.found.add(content.replace(b"\0", b" ").decode("utf-8", "replace"))
