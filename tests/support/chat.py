"""A window of another program with a field to write into: ``python -m tests.support.chat``.

It prints what is in the field whenever that changes, as JSON, and first an empty text.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping

from PySide6.QtWidgets import QApplication, QLineEdit

from tests.support.hands import wait_until
from tests.support.line_program import LineProgram

TITLE = "Chat"


class Chat(LineProgram):
    """The running program, as tests see it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__(
            subprocess.Popen(
                [sys.executable, "-m", "tests.support.chat"],
                env=dict(env),
                stdout=subprocess.PIPE,
                text=True,
            )
        )

    @property
    def text(self) -> str | None:
        """What is in the field; None before it is there."""
        return json.loads(self.lines[-1]) if self.lines else None


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
