"""A window of another program with a field to write into: ``python -m tests.support.chat``.

It prints what is in the field whenever that changes, as JSON, and first an empty text.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping

from PySide6.QtWidgets import QApplication, QLineEdit

from tests.support.command import LIMIT_S
from tests.support.hands import wait_until

TITLE = "Chat"


class Chat:
    """The running program, as tests see it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.chat"],
            env=dict(env),
            stdout=subprocess.PIPE,
            text=True,
        )
        self._said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str | None:
        """What is in the field; None before it is there."""
        return self._said[-1] if self._said else None

    def close(self) -> None:
        self._process.kill()
        self._process.wait(LIMIT_S)
        self._reader.join(LIMIT_S)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.append(json.loads(line))


@contextlib.contextmanager
def chat(env: Mapping[str, str]) -> Iterator[Chat]:
    """Show its window; inside, it is there."""
    program = Chat(env)
    try:
        wait_until(lambda: program.text is not None)
        yield program
    finally:
        program.close()


def _tell(text: str) -> None:
    print(json.dumps(text), flush=True)


def main() -> int:
    app = QApplication(sys.argv[:1])
    field = QLineEdit()
    field.setWindowTitle(TITLE)
    field.textChanged.connect(_tell)
    field.resize(400, 60)
    field.show()
    app.processEvents()
    _tell("")
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
