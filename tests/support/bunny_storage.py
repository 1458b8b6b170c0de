"""Bunny Storage as its documentation describes it."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote

from tests.support.faults import Fault
from tests.support.http_server import Broken, Handler, Refused, Server

ZONE = "takes"
PASSWORD = "5torage-pa55word-1234"


class _StorageHandler(Handler):
    server: BunnyStorageServer

    def handle_call(self, fault: Fault | None) -> None:
        path = unquote(self.path)
        if self.headers.get("AccessKey") != PASSWORD or not path.startswith(f"/{ZONE}/"):
            raise Refused(401, '{"HttpCode":401,"Message":"Unauthorized"}')
        name = path.removeprefix(f"/{ZONE}/")
        if self.command == "PUT":
            self._put(name, fault)
        elif self.command == "DELETE":
            if name.endswith("/"):
                gone = [each for each in self.server.files if each.startswith(name)]
            else:
                gone = [each for each in self.server.files if each == name]
            if not gone:
                raise Refused(404)
            for each in gone:
                del self.server.files[each]
            self.answer(200, {"HttpCode": 200, "Message": "File deleted successfuly."})
        elif self.command == "GET" and name.endswith("/"):
            self.answer(200, [self._entry(n) for n in self.server.files if n.startswith(name)])
        else:
            raise Refused(404)

    def _put(self, name: str, fault: Fault | None) -> None:
        if fault is not None and fault.effect in ("cut", "stall"):
            self.read_body(self.unread // 2)
            if fault.effect == "stall":
                self.server.stalled.set()
                self.server.ended.wait(fault.seconds)
            raise Broken
        content = self.read_body()
        wanted = self.headers.get("Checksum")
        if wanted is not None and wanted != hashlib.sha256(content).hexdigest().upper():
            raise Refused(400, '{"HttpCode":400,"Message":"Checksum mismatch"}')
        self.server.files[name] = content
        if fault is not None and fault.effect == "lose answer":
            raise Broken
        self.answer(201, {"HttpCode": 201, "Message": "File uploaded."})

    def _entry(self, name: str) -> dict[str, object]:
        content = self.server.files[name]
        return {
            "StorageZoneName": ZONE,
            "ObjectName": name.rpartition("/")[2],
            "Length": len(content),
            "IsDirectory": False,
            "Checksum": hashlib.sha256(content).hexdigest().upper(),
        }


class BunnyStorageServer(Server):
    """One storage zone; `files` by their names in it."""

    handler = _StorageHandler

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        super().__init__()
