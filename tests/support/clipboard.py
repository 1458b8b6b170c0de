"""What is on the clipboard of a desktop, as a program that pastes gets it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

_READ = """
import sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication(sys.argv)
print(app.clipboard().text())
"""


def clipboard_text(env: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _READ],
        env={**env, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout.rstrip("\n")
