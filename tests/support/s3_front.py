"""A front before a real S3 server that keeps what came over the wire, and has scripted faults.

The names of calls in a script: CREATE, PART, LIST, COMPLETE and ABORT of an upload in parts,
UPLOADS (the list of them), VERSIONS, and otherwise the method.
"""

from __future__ import annotations

import http.client
import re
from urllib.parse import parse_qsl, unquote

from tests.support.faults import Fault
from tests.support.http_server import Broken, Handler, Server
from tests.support.s3_server import BUCKET, S3Server

_UPLOAD_CALLS = {"PUT": "PART", "GET": "LIST", "POST": "COMPLETE", "DELETE": "ABORT"}
_ERROR = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code>'
    "<Message>{message}</Message><RequestId>1</RequestId></Error>"
)
_HELD = ("connection", "transfer-encoding", "content-length")


def refusal(
    method: str, code: str, status: int, message: str = "No.", after: int = 0, **headers: str
) -> Fault:
    """Return the fault that the next such call is refused as S3 does it."""
    return Fault(
        "status",
        method=method,
        path="/",
        status=status,
        after=after,
        text=_ERROR.format(code=code, message=message),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


class _Handler(Handler):
    server: S3Front

    def kind_of_call(self) -> str:
        names = {name for name, _ in parse_qsl(self.path.partition("?")[2], True)}
        if "uploadId" in names:
            return _UPLOAD_CALLS[self.command]
        if "uploads" in names:
            return "CREATE" if self.command == "POST" else "UPLOADS"
        return "VERSIONS" if "versions" in names else self.command

    def handle_call(self, fault: Fault | None) -> None:
        effect = fault.effect if fault else None
        body = self._body(fault)
        if effect == "forget":
            place = unquote(self.path.partition("?")[0])
            self.server.storage.forget(place.removeprefix(f"/{BUCKET}/"))
        if effect == "duplicate":
            self._forwarded(body)
        status, headers, content = self._forwarded(body)
        if effect == "lose answer":
            raise Broken
        if effect == "truncate":
            content = content[: len(content) // 2]
        if effect == "wrong tag":
            headers = [(name, _other(name, value)) for name, value in headers]
        self._relay(status, headers, content)

    def _body(self, fault: Fault | None) -> bytes:
        """Return the body of the call, as far as the fault lets it come."""
        content = b""
        if fault is not None and fault.effect in ("cut", "stall"):
            content = self._read(self.unread // 2)
            if fault.effect == "cut":
                raise Broken
            self.server.stalled.set()
            self.server.ended.wait(fault.seconds)
        while fault is not None and fault.effect == "slow" and self.unread:
            content += self._read(min(self.unread, 64 * 1024))
            self.server.ended.wait(fault.seconds)
        return content + self._read(self.unread)

    def _read(self, at_most: int) -> bytes:
        content = bytearray()
        # In pieces: what came before a break counts.
        while len(content) < at_most:
            piece = self.read_body(min(at_most - len(content), 64 * 1024))
            content += piece
            if self.kind_of_call() in ("PART", "PUT"):
                self.server.received_bytes += len(piece)
        return bytes(content)

    def _forwarded(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        behind = http.client.HTTPConnection("127.0.0.1", self.server.storage.port, timeout=60)
        try:
            behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            # As they came: they are signed.
            for name, value in self.headers.items():
                behind.putheader(name, value)
            behind.endheaders(body or None)
            answer = behind.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            behind.close()

    def _relay(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _HELD:
                self.send_header(name, value)
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        is_head = self.command == "HEAD" and lengths
        if status != 204:
            self.send_header("Content-Length", lengths[0] if is_head else str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


class S3Front(Server):
    """Passes everything on to `server`; `received_bytes` came as content of files."""

    handler = _Handler

    def __init__(self, server: S3Server, certificate: str = "", key: str = "") -> None:
        self.storage = server
        self.received_bytes = 0
        super().__init__(certificate, key)


def _other(name: str, value: str) -> str:
    return re.sub("[0-9a-f]", "0", value) if name.lower() == "etag" else value
