"""The session's message bus (D-Bus), by which programs of a desktop talk to each other.

By jeepney, because Qt's bindings cannot send an unsigned number from Python, which the
Notifications Specification asks for. Calls wait for their answer: never make one on the thread
that draws.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    new_method_call,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

LIMIT_S = 5.0
"""How long an answer is waited for, in seconds."""

_END_LIMIT_S = 0.9

Values = tuple[Any, ...]


class BusError(Exception):
    """There is no bus, nobody answers to that name, or the answer is a refusal."""


@dataclass(frozen=True, slots=True)
class Peer:
    """An object of another program: its name on the bus, its path and one of its interfaces."""

    name: str
    path: str
    interface: str

    def message(self, member: str, signature: str = "", *values: object) -> Message:
        """Return a call of the method `member`; `signature` is that of D-Bus."""
        address = DBusAddress(self.path, self.name, self.interface)
        return new_method_call(address, member, signature or None, values)


class Bus:
    """A connection of its own, to the session's bus or the system's, used by one thread.

    Raises BusError.
    """

    def __init__(self, *, is_system: bool = False) -> None:
        self.connection = _connect("SYSTEM" if is_system else "SESSION")

    def call(self, peer: Peer, member: str, signature: str = "", *values: object) -> Values:
        """Call a method and return what it answers."""
        with _errors():
            message = peer.message(member, signature, *values)
            return _values(self.connection.send_and_get_reply(message, timeout=LIMIT_S))

    def close(self) -> None:
        self.connection.close()


class BusThread:
    """A connection with a thread of its own, for a program that may not wait.

    `on_signal` gets the interface, the name and the values of the signals that were asked for with
    :meth:`watch`; `on_lost` is called when the bus goes away. All callbacks are called on that
    thread. A call after a loss connects anew. Thread-safe.
    """

    def __init__(
        self, on_signal: Callable[[str, str, Values], None], on_lost: Callable[[], None]
    ) -> None:
        self._on_signal, self._on_lost = on_signal, on_lost
        self._rules: list[MatchRule] = []
        self._lock = threading.Lock()
        self._calls: deque[tuple[Message, Callable[[Values | BusError], None]]] = deque()
        self._is_ending = self._is_over = False
        self._connection: DBusConnection | None = None
        self._waiting: dict[int, tuple[float, Callable[[Values | BusError], None]]] = {}
        # Not a pipe: Windows waits for sockets only. There is no bus there, which must be told.
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="bus", daemon=True)
        self._thread.start()

    def watch(self, peer: Peer) -> None:
        """Ask for the signals of `peer`, and for NameOwnerChanged, which tells when it comes or
        goes; before the first call.
        """
        # By its path: signals come from the number of a connection, not from its name.
        signals = MatchRule(type="signal", path=peer.path, interface=peer.interface)
        owner = MatchRule(type="signal", sender="org.freedesktop.DBus", member="NameOwnerChanged")
        owner.add_arg_condition(0, peer.name)
        with self._lock:
            self._rules += [signals, owner]

    def call(
        self,
        on_answer: Callable[[Values | BusError], None],
        peer: Peer,
        member: str,
        signature: str = "",
        *values: object,
    ) -> None:
        """Call a method; `on_answer` gets what it answers, or why there is no answer."""
        with self._lock:
            self._calls.append((peer.message(member, signature, *values), on_answer))
        self._wake()

    def close(self) -> None:
        """Send what was called and end, within a second; answers are no longer told."""
        with self._lock:
            self._is_ending = True
        self._wake()
        # A bus that answers nobody must not hold up the end of the program.
        self._thread.join(_END_LIMIT_S)

    def _wake(self) -> None:
        with self._lock, contextlib.suppress(BlockingIOError):
            if not self._is_over:
                self._writer.send(b"\0")

    def _run(self) -> None:
        while True:
            with self._lock:
                calls, is_ending = list(self._calls), self._is_ending
                self._calls.clear()
            for message, on_answer in calls:
                self._send(message, on_answer)
            if is_ending:
                break
            try:
                self._receive()
            except BusError as error:
                self._lose(error)
            self._expire()
            self._sleep()
        if self._connection is not None:
            self._connection.close()
        with self._lock:
            self._is_over = True
            self._reader.close()
            self._writer.close()

    def _send(self, message: Message, on_answer: Callable[[Values | BusError], None]) -> None:
        try:
            if self._connection is None:
                self._connection = _connect()
                for rule in self._rules:
                    self._connection.send(message_bus.AddMatch(rule))
            serial = next(self._connection.outgoing_serial)
            with _errors():
                self._connection.send(message, serial=serial)
        except BusError as error:
            self._lose(error)
            on_answer(error)
            return
        self._waiting[serial] = (time.monotonic() + LIMIT_S, on_answer)

    def _receive(self) -> None:
        while self._connection is not None:
            try:
                with _errors():
                    message = self._connection.receive(timeout=0)
            except BusError as error:
                if isinstance(error.__cause__, TimeoutError):
                    return
                raise
            fields = message.header.fields
            if message.header.message_type is MessageType.signal:
                interface = fields.get(HeaderFields.interface, "")
                self._on_signal(interface, fields.get(HeaderFields.member, ""), message.body)
                continue
            waiting = self._waiting.pop(fields.get(HeaderFields.reply_serial, -1), None)
            if waiting is not None:
                try:
                    waiting[1](_values(message))
                except BusError as error:
                    waiting[1](error)

    def _expire(self) -> None:
        now = time.monotonic()
        for serial in [one for one, (until, _) in self._waiting.items() if until <= now]:
            self._waiting.pop(serial)[1](BusError("no answer"))

    def _lose(self, error: BusError) -> None:
        connection, self._connection = self._connection, None
        waiting, self._waiting = self._waiting, {}
        for _, on_answer in waiting.values():
            on_answer(error)
        if connection is not None:
            connection.close()
            self._on_lost()

    def _sleep(self) -> None:
        with self._lock:
            if self._calls or self._is_ending:
                return
        sockets = [self._reader]
        if self._connection is not None:
            sockets.append(self._connection.sock)
        until = min((until for until, _ in self._waiting.values()), default=None)
        left = None if until is None else max(0.0, until - time.monotonic())
        select.select(sockets, [], [], left)
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(4096)


def _connect(which: str = "SESSION") -> DBusConnection:
    with _errors():
        return open_dbus_connection(which, auth_timeout=LIMIT_S)


def _values(message: Message) -> Values:
    if message.header.message_type is MessageType.error:
        name = message.header.fields.get(HeaderFields.error_name, "")
        raise BusError(" ".join([name, *map(str, message.body)]))
    values: Values = message.body
    return values


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except BusError:
        raise
    except Exception as error:
        # No address, an address that cannot be read, a refusal to let us in, a broken connection:
        # each comes as another class, and all mean that there is no bus for us.
        raise BusError(str(error) or type(error).__name__) from error
