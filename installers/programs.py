"""Background programs of a virtual desktop: started apart from the session, ended with it."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

START_LIMIT_S = 20.0
"""How long a program may take to get ready, in seconds."""

_STOP_LIMIT_S = 5.0
_LOOK_AGAIN_S = 0.01


class Programs:
    """A context manager; every program started through it is ended at its end, the last one first.

    `folder` holds their logs and is their home folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def __getitem__(self, name: str) -> subprocess.Popen[bytes]:
        """Return the process of the program `name` that was started last."""
        return self._running[name]

    def start(self, command: list[str], environment: Mapping[str, str], *keep: int) -> None:
        """Start `command`; it inherits the descriptors `keep`."""
        # Should this process be killed, the kernel ends the children in its place. It does so when
        # the starting thread ends: that thread must outlive the desktop.
        guard = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        # Nothing is read from or written to the real home folder.
        kinds = ("CONFIG", "CACHE", "DATA", "STATE")
        homes = dict.fromkeys(["HOME", *(f"XDG_{kind}_HOME" for kind in kinds)], str(self._folder))
        with self._log(command[0]).open("wb") as log:
            process = subprocess.Popen(
                [*guard, *command],
                env={**environment, **homes},
                pass_fds=keep,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl+C in a terminal must stop the recorder first, not the screen it records.
                start_new_session=True,
            )
        self._stack.callback(_end, process)
        self._running[command[0]] = process

    def start_and_read(
        self, command: list[str], environment: Mapping[str, str], option: str
    ) -> str:
        """Start `command`, which writes one line to the descriptor named by `option` when ready.

        Return that line. Raises RuntimeError when it does not come.
        """
        reader, writer = os.pipe()
        try:
            joint = "=" if option.startswith("--") else " "
            self.start([*command, *f"{option}{joint}{writer}".split()], environment, writer)
        except BaseException:
            os.close(reader)
            raise
        finally:
            # Only the child may hold the writing end: then its death is seen as the end of file.
            os.close(writer)
        deadline = time.monotonic() + START_LIMIT_S
        line = b""
        with open(reader, "rb", buffering=0) as pipe:
            while not line.endswith(b"\n"):
                left = max(0.0, deadline - time.monotonic())
                ready, _, _ = select.select([pipe], [], [], left)
                piece = pipe.read(1) if ready else b""
                if not piece:
                    raise self.failure(command[0])
                line += piece
        return line.decode().strip()

    def wait_until(self, is_so: Callable[[], bool], *names: str) -> None:
        """Wait until `is_so`, for which all programs `names` must run.

        Raises RuntimeError with what they printed when it does not become so.
        """
        deadline = time.monotonic() + START_LIMIT_S
        while not is_so():
            ended = [name for name in names if self[name].poll() is not None]
            if ended or time.monotonic() > deadline:
                raise self.failure(*(ended or names))
            time.sleep(_LOOK_AGAIN_S)

    def kill(self, *names: str) -> None:
        """End the programs as a crash would, all at once."""
        for name in names:
            self[name].kill()
        for name in names:
            self[name].wait()

    @contextlib.contextmanager
    def frozen(self, *names: str) -> Iterator[None]:
        """Have the programs answer nobody for a while."""
        for name in names:
            self[name].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for name in names:
                self[name].send_signal(signal.SIGCONT)

    def failure(self, *names: str, did: str = "get ready") -> RuntimeError:
        """Return the error that these programs did not do something, with what they printed."""
        logs = [self._log(name).read_text(errors="replace")[-2000:].strip() for name in names]
        printed = "\n".join(filter(None, logs)) or "it printed nothing"
        return RuntimeError(f"{', '.join(names)} did not {did}: {printed}")

    def _log(self, name: str) -> Path:
        return self._folder / f"{Path(name).name}.log"


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
