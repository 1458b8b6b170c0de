"""A real keyring daemon (gnome-keyring) on a session bus of its own, and calls to it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import psutil

from tests.support.command import ROOT

PASSWORD = "the password of the keyring"


class SessionBus:
    """A bus whose programs live in `folder`; `variables` are theirs.

    Without `has_services` it starts no program for whoever calls one.
    """

    def __init__(
        self, folder: Path, variables: Mapping[str, str] = {}, *, has_services: bool = True
    ) -> None:
        for name in ("home", "run"):
            (folder / name).mkdir(mode=0o700, parents=True)
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            # keyring looks for everything that is installed.
            "XDG_CONFIG_HOME": str(folder / "home" / ".config"),
            **variables,
        }
        configuration = ["--session"]
        if not has_services:
            path = folder / "bus.conf"
            path.write_text(_BARE.format(path=folder / "bus"))
            configuration = [f"--config-file={path}"]
        self._bus = subprocess.Popen(
            [
                "dbus-daemon",
                *configuration,
                "--nofork",
                "--nopidfile",
                "--print-address",
                f"--address=unix:path={folder / 'bus'}",
            ],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._bus.stdout is not None
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._bus.stdout.readline().strip()

    def close(self) -> None:
        # What the bus has started for a caller is its child, and does not end with it.
        started = psutil.Process(self._bus.pid).children(recursive=True)
        self._bus.kill()
        for process in started:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._bus.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


class RunningKeyring:
    """A daemon on the bus of `environment`, whose keyring is open."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets"],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert self._daemon.stdin is not None
        # An empty one makes no keyring.
        self._daemon.stdin.write(PASSWORD.encode())
        self._daemon.stdin.close()
        self._wait()

    def lock(self) -> None:
        self._run("c.lock()")

    def secrets(self) -> dict[str, str]:
        """Return everything it keeps, by "service username"."""
        text = (
            "import json\n"
            "found = [(i.get_attributes(), i.get_secret().decode()) for i in c.get_all_items()]\n"
            'print(json.dumps({f\'{a["service"]} {a["username"]}\': s for a, s in found}))'
        )
        found: dict[str, str] = json.loads(self._run(text))
        return found

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let the daemon hang meanwhile."""
        self._daemon.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._daemon.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self._daemon.kill()
        self._daemon.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _wait(self) -> None:
        until = time.monotonic() + 20
        while not self._run("print(c.is_locked())", is_checked=False).startswith("False"):
            assert time.monotonic() < until, "the keyring's daemon does not get ready"

    def _run(self, text: str, is_checked: bool = True) -> str:
        """Run Python with the daemon's keyring as `c`."""
        begin = "import secretstorage as s; c = s.get_default_collection(s.dbus_init()); "
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-c", begin + text],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=None if is_checked else subprocess.DEVNULL,
            check=is_checked,
            text=True,
            timeout=20,
        ).stdout


class KeyringDaemon(SessionBus):
    """A bus of its own with a daemon whose keyring is open."""

    def __init__(self, folder: Path, variables: Mapping[str, str] = {}) -> None:
        super().__init__(folder, variables)
        self.keyring = RunningKeyring(self.environment)

    def lock(self) -> None:
        self.keyring.lock()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let the daemon hang meanwhile."""
        with self.keyring.frozen():
            yield

    def close(self) -> None:
        self.keyring.close()
        super().close()


class Caller:
    """A process that calls the keyring, with so many seconds for each call."""

    def __init__(self, environment: Mapping[str, str], limit_s: float = 20.0) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.keyring_calls", str(limit_s)],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._line()

    def ask(self, *call: str) -> None:
        """Make a call and do not wait for its answer."""
        assert self._process.stdin is not None
        print(json.dumps(call), file=self._process.stdin, flush=True)

    def answer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._line())
        return found

    def call(self, *call: str) -> dict[str, Any]:
        self.ask(*call)
        return self.answer()

    def end(self) -> int:
        """Let the process end by itself, and return its status."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(10)

    def close(self) -> None:
        with self._process:
            self._process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


_BARE = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <policy context="default">
    <allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""
