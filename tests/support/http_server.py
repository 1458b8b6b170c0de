"""A threaded HTTP server on loopback whose calls are functions, with scripted faults."""

from __future__ import annotations

import contextlib
import http.server
import json
import select
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from tests.support.faults import Fault, Script

_LOOK_S = 0.005


class Refused(Exception):
    """The call is answered with a status."""

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(status, text)
        self.status, self.text = status, text


class Broken(Exception):
    """The connection is cut without an answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection. Subclasses answer calls in `handle_call`."""

    protocol_version = "HTTP/1.1"
    # A test that breaks off leaves nobody at the other end.
    timeout = 60
    server: Server

    def handle_call(self, fault: Fault | None) -> None:
        raise NotImplementedError

    def kind_of_call(self) -> str:
        """Return what a script of faults names the call by: its method, if nothing better."""
        return self.command

    def handle_one_request(self) -> None:
        # Counted before a byte is read, so that `settle` overlooks none.
        if not _has_more(self.connection, self.timeout):
            self.close_connection = True
            return
        with self.server.answering():
            super().handle_one_request()

    def any_call(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.calls.append(Call(self.command, self.path, headers))
        self.unread = int(headers.get("content-length", 0))
        fault = self.server.script.next(self.kind_of_call(), self.path.partition("?")[0])
        try:
            self._answer_or_refuse(fault)
        except (Broken, ConnectionError, TimeoutError):
            # Also while the rest of a refused body was read: its sender was killed.
            self.cut()

    def _answer_or_refuse(self, fault: Fault | None) -> None:
        try:
            if fault is not None and fault.effect == "status":
                # Some servers answer before they have read everything; the polite ones read it.
                self.skip_body()
                raise Refused(fault.status, fault.text)
            if fault is not None and fault.effect == "drop":
                raise Broken
            self.handle_call(fault)
        except Refused as refused:
            self.skip_body()
            self.answer(refused.status, refused.text, fault.headers if fault else None)

    def read_body(self, at_most: int | None = None) -> bytes:
        """Read so much of the body, or what is left of it."""
        wanted = self.unread if at_most is None else min(self.unread, at_most)
        content = self.rfile.read(wanted)
        self.unread -= len(content)
        if len(content) < wanted:
            raise Broken
        return content

    def skip_body(self) -> None:
        while self.unread:
            self.read_body(1 << 20)

    def answer(
        self, status: int, content: object = b"", headers: dict[str, str] | None = None
    ) -> None:
        """Answer with bytes, a text or JSON."""
        kind = "text/plain"
        if isinstance(content, str):
            content = content.encode()
        elif not isinstance(content, bytes):
            content, kind = json.dumps(content).encode(), "application/json"
        assert isinstance(content, bytes)
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if content:
            self.send_header("Content-Type", kind)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def cut(self) -> None:
        """Break the connection, as a network does: the other end gets a reset."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RD)
        self.wfile = _Nowhere()  # type: ignore[assignment]
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; `Server.calls` has it all."""


for _method in ("GET", "POST", "PUT", "PATCH", "HEAD", "DELETE", "OPTIONS"):
    setattr(Handler, f"do_{_method}", Handler.any_call)


def _has_more(connection: socket.socket, seconds: float) -> bool:
    """Wait until something came over a connection, if only its end."""
    if connection.fileno() < 0:
        return False
    if isinstance(connection, ssl.SSLSocket) and connection.pending():
        return True
    return bool(select.select([connection], [], [], seconds)[0])


class _Nowhere:
    closed = True

    def flush(self) -> None: ...

    def close(self) -> None: ...


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Answers on a free port of loopback from the moment it is made.

    `calls` are those that came; `script` the faults to come. With `certificate` and `key` (PEM
    files) it speaks TLS.
    """

    daemon_threads = True
    handler: type[Handler]

    def __init__(self, certificate: str = "", key: str = "") -> None:
        super().__init__(("127.0.0.1", 0), self.handler)
        self.calls: list[Call] = []
        # Set once somebody is held up by a fault; `ended` lets them go.
        self.stalled, self.ended = threading.Event(), threading.Event()
        self.script = Script()
        self.problems: list[BaseException] = []
        self._lock, self._open_calls = threading.Lock(), 0
        self._connections: set[socket.socket] = set()
        self.scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="server"
        )
        self._thread.start()

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def of(self, method: str, path: str = "") -> list[Call]:
        """Return the calls of that method whose path begins so."""
        return [each for each in self.calls if each.method == method and each.path.startswith(path)]

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Count a call until it is answered."""
        with self._lock:
            self._open_calls += 1
        try:
            yield
        finally:
            with self._lock:
                self._open_calls -= 1

    def settle(self) -> None:
        """Return when all that was sent until now is answered."""
        deadline = time.monotonic() + 60
        while not self._is_settled():
            assert time.monotonic() < deadline, "a call does not end"
            time.sleep(_LOOK_S)

    def _is_settled(self) -> bool:
        with self._lock:
            # First what nobody reads yet: reading begins with being counted.
            is_waiting = any(_has_more(each, 0) for each in (self.socket, *self._connections))
            return not is_waiting and not self._open_calls

    def get_request(self) -> tuple[socket.socket, Any]:
        with self._lock:
            connection, address = super().get_request()
            self._connections.add(connection)
            return connection, address

    def close_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Keep what went wrong here: it is a fault of the test."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, (OSError, ssl.SSLError)):
            self.problems.append(error)

    def close(self) -> None:
        self.ended.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        if self.problems:
            raise BaseExceptionGroup("the server of the test failed", self.problems)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
