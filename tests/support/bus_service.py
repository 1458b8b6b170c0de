"""A small service on the session bus, a process: ``python -m tests.support.bus_service NAME``.

NAME is ``screensaver`` (org.freedesktop.ScreenSaver), ``notifications`` (a daemon of
org.freedesktop.Notifications that can be silenced, as KDE's), ``network`` (a NetworkManager on a
phone's hotspot) or ``files`` (a file manager, org.freedesktop.FileManager1). Prints ``ready``, then
a line for each call.
"""

from __future__ import annotations

import sys
from typing import Any

from jeepney import HeaderFields, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

_NAMES = {
    "screensaver": "org.freedesktop.ScreenSaver",
    "notifications": "org.freedesktop.Notifications",
    "network": "org.freedesktop.NetworkManager",
    "files": "org.freedesktop.FileManager1",
}


Values = tuple[Any, ...]


class Service:
    """Answers calls; knows who silenced it and with which cookie."""

    def __init__(self) -> None:
        self._cookies: dict[int, str] = {}
        self._last = 0

    def answer(
        self, member: str, body: tuple[Any, ...], sender: str
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the signature and the values of the answer. Raises KeyError for other calls."""
        if member == "Inhibit":
            self._last += 1
            self._cookies[self._last] = sender
            return "u", (self._last,)
        if member == "UnInhibit":
            del self._cookies[body[0]]
            return "", ()
        if member == "Get" and body[1] == "Metered":
            # NM_METERED_GUESS_YES
            return "v", (("u", 3),)
        if member == "Get":
            if body[1] != "Inhibited":
                raise KeyError(body[1])
            return "v", (("b", bool(self._cookies)),)
        if member == "ShowItems":
            return "", ()
        if member == "GetCapabilities":
            return "as", (["body", "inhibitions"],)
        raise KeyError(member)

    def forget(self, sender: str) -> None:
        """Drop what a program had that is gone."""
        self._cookies = {n: one for n, one in self._cookies.items() if one != sender}


def main(kind: str) -> None:
    connection = open_dbus_connection()
    bus = Proxy(message_bus, connection, timeout=5)
    bus.AddMatch("type='signal',member='NameOwnerChanged'")
    bus.RequestName(_NAMES[kind])
    service = Service()
    print("ready", flush=True)
    while True:
        message = connection.receive()
        fields = message.header.fields
        member = fields.get(HeaderFields.member, "")
        if message.header.message_type is MessageType.method_call:
            try:
                answer = service.answer(member, message.body, fields[HeaderFields.sender])
            except KeyError:
                unknown = "org.freedesktop.DBus.Error.UnknownMethod"
                connection.send(new_error(message, unknown))
                continue
            print(member, *message.body, flush=True)
            connection.send(new_method_return(message, *answer))
        elif member == "NameOwnerChanged" and not message.body[2]:
            service.forget(message.body[0])
            print("gone", message.body[0], flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
