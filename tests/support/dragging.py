"""A window of another program, which files are dragged from and dropped onto.

``python -m tests.support.dragging X Y [FILE]`` shows “Files” there. It prints ``taken`` as soon as
a window over which FILE is held would take it, ``offered`` when something is held over this one,
and ``dropped PATH`` for what is dropped here.
"""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

from recorder_app.media.geometry import Rect
from tests.support.hands import wait_until
from tests.support.line_program import LineProgram

SIZE = (240, 160)


class Files(QLabel):
    """Everything happens on its own thread, Qt's."""

    def __init__(self, path: str) -> None:
        super().__init__(path or "Drop here")
        self._path = path
        self.setWindowTitle("Files")
        self.setAcceptDrops(True)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        if self._path:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(self._path)])
            # As file managers do, for fields that take texts alone.
            data.setText(self._path)
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.actionChanged.connect(_tell_action)
            drag.exec(Qt.DropAction.CopyAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.acceptProposedAction()
        print("offered", flush=True)

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        for url in event.mimeData().urls():
            print("dropped", url.toLocalFile(), flush=True)


class OtherProgram(LineProgram):
    """The running program, as tests see it: where it is, and what it printed."""

    def __init__(self, env: Mapping[str, str], at: tuple[int, int], path: Path | None) -> None:
        command = [sys.executable, "-m", "tests.support.dragging", *map(str, at)]
        super().__init__(
            subprocess.Popen(
                [*command, str(path or "")], env=dict(env), stdout=subprocess.PIPE, text=True
            )
        )
        self.rect = Rect(*at, *SIZE)

    @property
    def middle(self) -> tuple[int, int]:
        return self.rect.x + self.rect.width // 2, self.rect.y + self.rect.height // 2

    def has_told(self, line: str) -> bool:
        return line in self.lines


@contextlib.contextmanager
def other_program(
    env: Mapping[str, str], at: tuple[int, int], path: Path | None = None
) -> Iterator[OtherProgram]:
    """Show its window with the left upper corner there; inside, it is to be seen."""
    program = OtherProgram(env, at, path)
    try:
        wait_until(lambda: program.has_told("ready"))
        yield program
    finally:
        program.close()


def _tell_action(action: Qt.DropAction) -> None:
    if action is not Qt.DropAction.IgnoreAction:
        print("taken", flush=True)


def main() -> int:
    x, y = map(int, sys.argv[1:3])
    app = QApplication(sys.argv[:1])
    # Placed by itself and above all others: what a window manager does is no matter here.
    window = Files(sys.argv[3])
    window.setWindowFlags(Qt.WindowType.ToolTip)
    window.setGeometry(x, y, *SIZE)
    window.show()
    app.processEvents()
    print("ready", flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
