"""The settings portal of a desktop, of which a test is the desktop."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Mapping
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

_NAME = "org.freedesktop.portal.Desktop"
_SETTINGS = DBusAddress("/org/freedesktop/portal/desktop", _NAME, "org.freedesktop.portal.Settings")
_LOOK_S = 0.05

Variant = tuple[str, Any]


class Portal:
    """A context manager: on the bus `address` it answers with `values` by (namespace, key)."""

    def __init__(self, address: str, values: Mapping[tuple[str, str], Variant]) -> None:
        self._address, self._values = address, dict(values)
        self._changes: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._is_ready, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Portal:
        self._thread.start()
        assert self._is_ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)

    def change(self, namespace: str, key: str, value: Variant) -> None:
        """Change a setting, and say so."""
        self._values[namespace, key] = value
        self._changes.put((namespace, key))

    def _run(self) -> None:
        with open_dbus_connection(self._address) as connection:
            Proxy(message_bus, connection, timeout=5).RequestName(_NAME)
            self._is_ready.set()
            while not self._stop.is_set():
                while not self._changes.empty():
                    key = self._changes.get()
                    signal = new_signal(
                        _SETTINGS, "SettingChanged", "ssv", (*key, self._values[key])
                    )
                    connection.send(signal)
                with contextlib.suppress(TimeoutError):
                    message = connection.receive(timeout=_LOOK_S)
                    if message.header.message_type is MessageType.method_call:
                        connection.send(self._answer(message))

    def _answer(self, message: Any) -> Any:
        member = message.header.fields[HeaderFields.member]
        if member == "Read" and message.body in self._values:
            return new_method_return(message, "v", (("v", self._values[message.body]),))
        return new_error(message, "org.freedesktop.portal.Error.NotFound")
