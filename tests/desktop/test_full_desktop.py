"""The desktop on which programs are driven as by a person: tray, notifications, accessibility."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from installers.virtual_desktop import VirtualDesktop
from tests.support.eyes import Eyes
from tests.support.hands import Hands, wait_until

_PROGRAM = """
import sys
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import (
    QApplication, QLineEdit, QMenu, QPushButton, QSystemTrayIcon, QVBoxLayout, QWidget
)
app = QApplication(sys.argv)
app.setApplicationName("small program")
say = lambda text: print(text, flush=True)
window = QWidget()
window.setWindowTitle("Small window")
layout = QVBoxLayout(window)
button = QPushButton("Press me")
button.clicked.connect(lambda: say("button"))
line = QLineEdit()
line.setAccessibleName("Words")
line.returnPressed.connect(lambda: say("words " + line.text()))
layout.addWidget(button)
layout.addWidget(line)
picture = QPixmap(22, 22)
picture.fill(QColor("#C8102E"))
tray = QSystemTrayIcon(picture)
menu = QMenu()
menu.addAction("First").triggered.connect(lambda: say("first"))
tray.setContextMenu(menu)
tray.activated.connect(lambda reason: say("tray " + reason.name))
tray.show()
window.show()
say("ready")
app.exec()
"""


@pytest.fixture
def program(full_desktop: VirtualDesktop) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        env=full_desktop.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert said(process) == "ready"
    yield process
    process.kill()
    process.communicate()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def test_a_program_is_driven_by_keyboard_mouse_and_tray(
    full_desktop: VirtualDesktop, program: subprocess.Popen[str]
) -> None:
    hands = Hands(full_desktop.environment)
    window = hands.window("Small window")
    hands.focus(window)
    icon = hands.tray_icon()
    assert icon.rect.y >= 1040
    hands.click_on(icon.rect)
    assert said(program) == "tray Trigger"
    hands.right_click_on(icon.rect)
    assert said(program) == "tray Context"
    hands.key("Down", "Return")
    assert said(program) == "first"


def test_a_program_is_seen_and_pressed_by_name(
    full_desktop: VirtualDesktop, program: subprocess.Popen[str]
) -> None:
    env = full_desktop.environment
    eyes, hands = Eyes(env, program.pid), Hands(env)
    button = eyes.find("push button", "Press me")
    assert button.is_enabled
    assert button.rect.width > 20
    eyes.press("push button", "Press me")
    assert said(program) == "button"
    hands.click_on(button.rect)
    assert said(program) == "button"
    field = eyes.find("text", "Words")
    hands.click_on(field.rect)
    hands.type("spoken")
    hands.key("Return")
    assert said(program) == "words spoken"
    assert eyes.find("text", "Words").text == "spoken"
    eyes.write("text", "Words", "written")
    assert eyes.find("text", "Words").text == "written"
    assert Eyes(env, "small program").look()
    assert Eyes(env, "no such program").look() is None


def test_nothing_is_left_behind() -> None:
    with VirtualDesktop(
        "800x600", dbus=True, tray=True, notifications=True, accessibility=True
    ) as desktop:
        folder = str(desktop.runtime_folder)
        assert of_folder(folder)
    wait_until(lambda: not of_folder(folder))


def of_folder(folder: str) -> list[int]:
    """Return the processes that run with this runtime folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("XDG_RUNTIME_DIR") == folder:
                found.append(process.pid)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return found
