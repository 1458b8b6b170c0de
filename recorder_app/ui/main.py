"""The start of the app: one for each user; a second start shows the first and ends."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator

from PySide6.QtCore import QLocale, QSocketNotifier
from PySide6.QtWidgets import QApplication

from recorder_app import logs, paths
from recorder_app.settings.store import SettingsStore
from recorder_app.texts import N_, translate, use_language
from recorder_app.ui import icons, pauses
from recorder_app.ui.application import App

_log = logging.getLogger(__name__)


def run() -> int:
    """Run the app until it is quit; return the exit code."""
    logs.start(paths.log_folder())
    store = SettingsStore()
    language = store.current.appearance.language
    use_language(language)
    if language != "system":
        # Decimal signs and the like go with the words.
        QLocale.setDefault(QLocale(language))
    qt = _make_qt(sys.argv[:1])
    pauses.take_turns()
    app = App(qt, store)
    with _on_signals(app.end_by_signal):
        app.begin()
        _log.info("app started")
        return qt.exec()


def _make_qt(arguments: list[str]) -> QApplication:
    """Return the toolkit, told who we are."""
    qt = QApplication(arguments)
    qt.setApplicationName("recorder-app")
    qt.setApplicationDisplayName(translate(N_("Recorder")))
    qt.setDesktopFileName("io.github.recorder_app.Recorder")
    qt.setWindowIcon(icons.app_icon())
    # The tray is what stays.
    qt.setQuitOnLastWindowClosed(False)
    return qt


@contextlib.contextmanager
def _on_signals(end: Callable[[], None]) -> Iterator[None]:
    """Have `end` called when the session or a person ends the process.

    Python runs its handlers between its own steps only, and the event loop makes none while it
    waits: a byte in a socket wakes it.
    """
    inside, outside = socket.socketpair()
    for each in (inside, outside):
        each.setblocking(False)
    before = signal.set_wakeup_fd(outside.fileno(), warn_on_full_buffer=False)
    for number in ("SIGINT", "SIGTERM", "SIGHUP"):
        # Windows has no terminals that hang up.
        if hasattr(signal, number):
            signal.signal(getattr(signal, number), lambda *_: None)
    notifier = QSocketNotifier(inside.fileno(), QSocketNotifier.Type.Read)

    def woken() -> None:
        inside.recv(64)
        end()

    notifier.activated.connect(woken)
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(before)
        inside.close()
        outside.close()
