"""Bunny Stream as its documentation describes it, before a real tus server.

It checks keys, signatures, expiry and ids; what is not documented is refused, so that nothing here
forgives what the service would not.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.support.faults import Fault
from tests.support.http_server import Broken, Handler, Refused, Server
from tests.support.tus import TusServer

LIBRARY = "4711"
API_KEY = "0f3d2c61-aaaa-4444-bbbb-c0ffee00c0ffee"
ZONE = "vz-0a1b2c3d-e4f.b-cdn.net"
LOCKED = "File 5e1f is currently being updated. Please try again later"
_BLOCK = 64 << 10


@dataclass
class Video:
    """A video, and the paths of what was uploaded for it."""

    guid: str
    title: str
    collection: str = ""
    status: int = 0
    captions: dict[str, bytes] = field(default_factory=dict)
    uploads: list[str] = field(default_factory=list)
    resolutions: str | None = None
    received_bytes: int = 0


class _BunnyHandler(Handler):
    server: Bunny

    def handle_call(self, fault: Fault | None) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/tusupload"):
            self._tus(fault)
            return
        found = re.fullmatch(r"/library/(\d+)(/.*)", parts.path)
        if not found:
            raise Refused(404)
        if found[1] != LIBRARY or self.headers.get("AccessKey") != API_KEY:
            raise Refused(401, json.dumps({"Message": "Authentication has been denied"}))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = json.loads(self.read_body() or b"null")
        with self.server.lock:
            result = self._library(self.command, found[2], query, body)
        if fault is not None and fault.effect == "lose answer":
            raise Broken
        if fault is not None and fault.effect == "truncate":
            text = json.dumps(result)
            self.answer(200, text[: len(text) // 2])
            return
        self.answer(200, result)

    # --- the API ---------------------------------------------------------------------------------

    def _library(self, method: str, path: str, query: dict[str, str], body: object) -> object:
        videos = self.server.videos
        if (method, path) == ("POST", "/videos"):
            if not isinstance(body, dict) or not body.get("title"):
                raise Refused(400, "title")
            made = Video(str(uuid.uuid4()), body["title"], body.get("collectionId", ""))
            videos[made.guid] = made
            return self._shown(made)
        if (method, path) == ("GET", "/videos"):
            named = [v for v in videos.values() if query.get("search", "") in v.title]
            return {
                "totalItems": len(named),
                "currentPage": 1,
                "itemsPerPage": 100,
                "items": [self._shown(each) for each in named[: int(query["itemsPerPage"])]],
            }
        if path.startswith("/collections"):
            return self._collections(method, path, query, body)
        found = re.fullmatch(r"/videos/([^/]+)(/.*)?", path)
        if not found or found[1] not in videos:
            raise Refused(404)
        return self._video(method, videos[found[1]], found[2] or "", body)

    def _video(self, method: str, video: Video, path: str, body: object) -> object:
        done = {"success": True, "message": "OK", "statusCode": 200}
        if (method, path) == ("GET", ""):
            return self._shown(video)
        if (method, path) == ("GET", "/play"):
            return {"videoPlaylistUrl": f"https://{ZONE}/{video.guid}/playlist.m3u8"}
        if (method, path) == ("DELETE", ""):
            del self.server.videos[video.guid]
            for upload in video.uploads:
                self.server.forget(upload)
            return done
        if (method, path) == ("POST", ""):
            assert isinstance(body, dict)
            video.title = body.get("title", video.title)
            video.collection = body.get("collectionId", video.collection)
            return done
        if path.startswith("/captions/"):
            language = path.rpartition("/")[2]
            if method == "DELETE":
                if video.captions.pop(language, None) is None:
                    return {"success": False, "message": "No such caption", "statusCode": 400}
                return done
            assert isinstance(body, dict)
            assert body["srclang"] == language
            video.captions[language] = base64.b64decode(body["captionsFile"], validate=True)
            return done
        raise Refused(404)

    def _collections(self, method: str, path: str, query: dict[str, str], body: object) -> object:
        collections = self.server.collections
        if (method, path) == ("GET", "/collections"):
            page, size = int(query["page"]), int(query["itemsPerPage"])
            named = [{"guid": key, "name": name} for key, name in collections.items()]
            return {
                "totalItems": len(named),
                "currentPage": page,
                "itemsPerPage": size,
                "items": named[(page - 1) * size : page * size],
            }
        if (method, path) == ("POST", "/collections"):
            assert isinstance(body, dict)
            key = str(uuid.uuid4())
            collections[key] = body["name"]
            return {"guid": key, "name": body["name"], "videoCount": 0}
        key = path.rpartition("/")[2]
        if key not in collections:
            raise Refused(404)
        return {"guid": key, "name": collections[key]}

    def _shown(self, video: Video) -> dict[str, object]:
        return {
            "videoLibraryId": int(LIBRARY),
            "guid": video.guid,
            "title": video.title,
            "status": video.status,
            "views": 3,
            "averageWatchTime": 12,
            "totalWatchTime": 36,
            "encodeProgress": 100 if video.status == 4 else 0,
            "availableResolutions": video.resolutions,
            "hasMP4Fallback": video.resolutions is not None,
            "collectionId": video.collection,
            "thumbnailFileName": "thumbnail.jpg",
            "category": None,
            "transcodingMessages": [{"level": 3, "message": "no picture", "value": ""}]
            if video.status == 5
            else [],
        }

    # --- tus -------------------------------------------------------------------------------------

    def _tus(self, fault: Fault | None) -> None:
        video = self._permitted()
        if self.headers.get("Tus-Resumable") != "1.0.0":
            raise Refused(412)
        if self.command == "POST":
            names = [pair.partition(" ")[0] for pair in self._metadata()]
            if "filetype" not in names or "title" not in names:
                raise Refused(400, "filetype and title are required")
        elif self.path not in video.uploads:
            raise Refused(404)
        if fault is not None and fault.effect == "forget":
            self.skip_body()
            self.server.forget(self.path)
            raise Refused(fault.status)
        if fault is not None and fault.effect == "duplicate":
            self._forward_twice(video)
            return
        status, headers, body = self._forward(video, fault)
        if fault is not None:
            self._spoil(fault, headers)
        self.answer(status, body, headers)

    def _permitted(self) -> Video:
        """Return the video of the call. Refuses what is not signed as documented, with 401."""
        names = ("AuthorizationSignature", "AuthorizationExpire", "LibraryId", "VideoId")
        signature, expires, library, guid = (self.headers.get(name, "") for name in names)
        made_of = f"{LIBRARY}{API_KEY}{expires}{guid}"
        if library != LIBRARY or signature != hashlib.sha256(made_of.encode()).hexdigest():
            raise Refused(401, "signature")
        if not expires.isdigit() or not time.time() < int(expires) < time.time() + 10**7:
            raise Refused(401, "expired")
        # Another call may be deleting it.
        if (video := self.server.videos.get(guid)) is None:
            raise Refused(404)
        return video

    def _metadata(self) -> list[str]:
        pairs = [pair for pair in self.headers.get("Upload-Metadata", "").split(",") if pair]
        for pair in pairs:
            base64.b64decode(pair.partition(" ")[2], validate=True)
        return pairs

    def _forward(
        self, video: Video, fault: Fault | None, body: bytes | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Pass the call on to the real server, and its answer back."""
        effect = fault.effect if fault else ""
        length = self.unread if body is None else len(body)
        sent = length // 2 if effect == "take less" else length
        more = b"\0" * 1000 if effect == "take more" else b""
        backend = http.client.HTTPConnection("127.0.0.1", self.server.tus.port, timeout=30)
        try:
            backend.putrequest(self.command, self.path)
            for name, value in self.headers.items():
                if name.lower().startswith(("upload-", "tus-", "content-type")):
                    backend.putheader(name, value)
            backend.putheader("Content-Length", str(sent + len(more)))
            backend.endheaders()
            if body is not None:
                backend.send(body)
            else:
                self._pump(backend, video, fault, sent)
                backend.send(more)
            answer = backend.getresponse()
            content = answer.read()
            self._note(video, answer)
            if effect == "lose answer":
                raise Broken
            kept = ("location", "upload-", "tus-", "cache-")
            named = ((name.title(), value) for name, value in answer.getheaders())
            headers = {name: value for name, value in named if name.lower().startswith(kept)}
            return answer.status, headers, content
        except http.client.HTTPException as error:
            # The real server broke off, as it does when its upload is taken away meanwhile.
            raise Broken from error
        finally:
            backend.close()

    def _pump(
        self, backend: http.client.HTTPConnection, video: Video, fault: Fault | None, sent: int
    ) -> None:
        total = self.unread
        half = total // 2
        effect = fault.effect if fault else ""
        while self.unread:
            at = total - self.unread
            if effect in ("cut", "stall") and at >= half:
                if effect == "cut":
                    raise Broken
                assert fault is not None
                self.server.stalled.set()
                if self.server.ended.wait(fault.seconds):
                    raise Broken
                effect = ""
            if effect == "slow":
                assert fault is not None
                time.sleep(fault.seconds)
            # Up to the middle and no further: what is cut is cut there.
            block = self.read_body(min(_BLOCK, half - at) if at < half else _BLOCK)
            video.received_bytes += len(block)
            if at < sent:
                backend.send(block[: sent - at])

    def _forward_twice(self, video: Video) -> None:
        body = self.read_body()
        video.received_bytes += len(body)
        self._forward(video, None, body)
        status, headers, content = self._forward(video, None, body)
        self.answer(status, content, headers)

    def _note(self, video: Video, answer: http.client.HTTPResponse) -> None:
        """Take in what the real server did, whether or not the client hears of it."""
        if self.command == "POST" and answer.status == 201:
            video.uploads.append(answer.headers["Location"])
            if self.headers["Upload-Length"] == "0":
                video.status = 1
        if self.command == "PATCH" and answer.status == 204:
            self.server.note_progress(video, self.path, int(answer.headers["Upload-Offset"]))

    def _spoil(self, fault: Fault, headers: dict[str, str]) -> None:
        if fault.effect == "claim more":
            headers["Upload-Offset"] = str(int(headers["Upload-Offset"]) + 1000)
        elif fault.effect == "wrong location":
            headers["Location"] = fault.text or "https://elsewhere.example/upload/1"
        elif fault.effect == "say nothing":
            headers.pop("Upload-Offset", None)


class Bunny(Server):
    """The service: one library, `tus` behind it. A complete upload is played when it is asked."""

    handler = _BunnyHandler

    def __init__(self, tus: TusServer, certificate: str = "", key: str = "") -> None:
        self.tus = tus
        self.lock = threading.RLock()
        self.videos: dict[str, Video] = {}
        self.collections: dict[str, str] = {}
        super().__init__(certificate, key)

    def file(self, guid: str) -> Path:
        """Return what was uploaded last for a video."""
        return self.tus.folder / self.videos[guid].uploads[-1].rpartition("/")[2]

    def note_progress(self, video: Video, path: str, offset: int) -> None:
        """Take in that an upload has so many bytes."""
        name = path.rpartition("/")[2]
        told = json.loads((self.tus.folder / f"{name}.json").read_text())
        if offset == told["size"]:
            video.status = 1

    def forget(self, path: str) -> None:
        """Take an upload away, as if it had run out."""
        for suffix in ("", ".json"):
            (self.tus.folder / (path.rpartition("/")[2] + suffix)).unlink(missing_ok=True)
