"""The desktop's own notifications, which stay in its list and can have buttons.

The Desktop Notifications Specification 1.2: org.freedesktop.Notifications with Notify,
CloseNotification, GetCapabilities and the signals ActionInvoked and NotificationClosed.
"""

from __future__ import annotations

import contextlib
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot

from recorder_app.paths import APP_NAME
from recorder_app.system.bus import BusError, BusThread, Peer, Values

Urgency = Literal["low", "normal", "critical"]

_NAME = "org.freedesktop.Notifications"
_PEER = Peer(_NAME, "/org/freedesktop/Notifications", _NAME)
_URGENCIES: dict[Urgency, int] = {"low": 0, "normal": 1, "critical": 2}
# As the daemon finds right for the urgency.
_EXPIRES = -1


@dataclass(frozen=True, slots=True)
class _Note:
    title: str
    body: str
    actions: tuple[tuple[str, str], ...]
    urgency: Urgency


@dataclass(slots=True)
class _Shown:
    """A notification of one key: its number with the daemon, and what became of it meanwhile."""

    number: int = 0
    sent: _Note | None = None
    next: _Note | None = None
    is_closed: bool = False


class Notifier(QObject):
    """Shows notifications, without ever waiting. Used on the thread it was made on.

    Call :meth:`close_all` before it goes away.
    """

    action = Signal(str, str)
    """A button was pressed: the key of its notification and the action. The notification itself
    has the action ``default``."""

    unavailable = Signal()
    """There is nobody to show notifications: once, until somebody comes."""

    not_shown = Signal(str, str, str)
    """A notification that nobody showed: its key, title and body."""

    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown: dict[str, _Shown] = {}
        self._capabilities: frozenset[str] | None = None
        self._is_asking = False
        self._is_unavailable = False
        self._told.connect(self._run, Qt.ConnectionType.QueuedConnection)
        self._bus = BusThread(
            lambda _, name, values: self._post(lambda: self._signalled(name, values)),
            lambda: self._post(self._forget),
        )
        self._bus.watch(_PEER)

    def notify(
        self,
        key: str,
        title: str,
        body: str = "",
        actions: Sequence[tuple[str, str]] = (),
        urgency: Urgency = "normal",
    ) -> None:
        """Show a notification in place of the one of the same `key`.

        `actions` are ids and what stands on their buttons; ``default`` is a click on the whole.
        """
        shown = self._shown.setdefault(key, _Shown())
        shown.next, shown.is_closed = _Note(title, body, tuple(actions), urgency), False
        if self._capabilities is not None:
            self._send(key)
        elif not self._is_asking:
            self._is_asking = True
            self._call(self._got_capabilities, "GetCapabilities")

    def close(self, key: str) -> None:
        """Take a notification away; one that is not there is no matter."""
        shown = self._shown.get(key)
        if shown is None:
            return
        shown.next, shown.is_closed = None, True
        if shown.sent is None:
            del self._shown[key]
            if shown.number:
                self._call(lambda _: None, "CloseNotification", "u", shown.number)

    def close_all(self) -> None:
        """Let go of the bus, within a second. What is shown stays."""
        self._bus.close()

    def _send(self, key: str) -> None:
        shown = self._shown[key]
        # One at a time: its number is needed to replace it.
        if shown.next is None or shown.sent is not None:
            return
        note, shown.sent, shown.next = shown.next, shown.next, None
        can = self._capabilities or frozenset()
        body = html.escape(note.body, quote=False) if "body-markup" in can else note.body
        buttons = [text for pair in note.actions for text in pair] if "actions" in can else []
        hints = {
            "urgency": ("y", _URGENCIES[note.urgency]),
            "desktop-entry": ("s", APP_NAME),
        }
        self._call(
            lambda answer: self._sent(key, answer),
            "Notify",
            "susssasa{sv}i",
            *(APP_NAME, shown.number, APP_NAME, note.title, body, buttons, hints, _EXPIRES),
        )

    def _sent(self, key: str, answer: Values | BusError) -> None:
        shown = self._shown[key]
        note, shown.sent = shown.sent, None
        if isinstance(answer, BusError):
            # Before anybody is told, who may want to show the same again.
            del self._shown[key]
            if note is not None and not shown.is_closed:
                self._fail(key, shown.next or note)
            return
        shown.number = answer[0]
        if shown.is_closed:
            self.close(key)
        else:
            self._send(key)

    def _got_capabilities(self, answer: Values | BusError) -> None:
        self._is_asking = False
        if isinstance(answer, BusError):
            waiting, self._shown = self._shown, {}
            for key, shown in waiting.items():
                if shown.next is not None:
                    self._fail(key, shown.next)
            return
        self._is_unavailable = False
        self._capabilities = frozenset(answer[0])
        for key in list(self._shown):
            self._send(key)

    def _fail(self, key: str, note: _Note) -> None:
        # Whoever comes next may be able to do other things.
        self._capabilities = None
        if not self._is_unavailable:
            self._is_unavailable = True
            self.unavailable.emit()
        self.not_shown.emit(key, note.title, note.body)

    def _signalled(self, name: str, values: Values) -> None:
        if name == "NameOwnerChanged":
            self._forget()
            return
        key = next((k for k, one in self._shown.items() if one.number == values[0]), None)
        if key is None:
            return
        if name == "ActionInvoked":
            self.action.emit(key, values[1])
        elif name == "NotificationClosed":
            shown = self._shown[key]
            shown.number = 0
            if shown.sent is None and shown.next is None:
                del self._shown[key]

    def _forget(self) -> None:
        """The daemon or the bus is another one, to which our numbers mean nothing."""
        self._capabilities = None
        self._is_unavailable = False
        for key, shown in list(self._shown.items()):
            shown.number = 0
            if shown.sent is None and shown.next is None:
                del self._shown[key]

    def _call(
        self,
        on_answer: Callable[[Values | BusError], None],
        member: str,
        signature: str = "",
        *values: object,
    ) -> None:
        def post(answer: Values | BusError) -> None:
            self._post(lambda: on_answer(answer))

        self._bus.call(post, _PEER, member, signature, *values)

    def _post(self, call: Callable[[], None]) -> None:
        # On the bus's thread, which may outlive this object at the end of the program.
        with contextlib.suppress(RuntimeError):
            self._told.emit(call)

    @Slot(object)
    def _run(self, call: Callable[[], None]) -> None:
        call()
