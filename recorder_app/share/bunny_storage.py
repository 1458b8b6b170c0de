"""Bunny Storage: files at Bunny's edge, with a link through a pull zone.

Another product than Bunny Stream, with other keys and hosts. It takes a file in one call or not at
all. From https://docs.bunny.net/docs/storage-http.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import msgspec

from recorder_app.errors import (
    AuthenticationRejected,
    ChecksumMismatch,
    InvalidRequest,
    InvalidSettingError,
    RemoteNotFound,
    ShareError,
)
from recorder_app.settings.fields import about
from recorder_app.shapes import converted
from recorder_app.share import pasting
from recorder_app.share.body import Window
from recorder_app.share.bunny_signing import signed_file
from recorder_app.share.destination import (
    Check,
    Configuration,
    Finding,
    Item,
    Kind,
    Link,
    LinkKind,
    Network,
    RemoteState,
    RemoteStatus,
    SecretField,
    Secrets,
    Ticket,
)
from recorder_app.share.findings import clock_problem, finding, tried
from recorder_app.share.http import Answer, HttpClient
from recorder_app.share.retry import Retry, RetryPolicy
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Identity, Source
from recorder_app.texts import N_

# That of the first region, Frankfurt.
HOST = "storage.bunnycdn.com"
_BLOCK_BYTES = 1 << 20
NO_KEY_HINT = N_("Enter it in the destination's settings, or make a link that does not end.")
POLICY = RetryPolicy(first_s=1.0, longest_s=60.0, attempts=8)


class BunnyStorageConfiguration(Configuration, frozen=True, kw_only=True):
    """A storage zone at Bunny, and the pull zone through which people see it."""

    zone: Annotated[str, about(N_("Storage zone"), N_("The name of the storage zone."))]
    pull_zone: Annotated[
        str,
        about(N_("Pull zone hostname"), N_("Such as example.b-cdn.net; links begin with it.")),
    ]
    host: Annotated[
        str,
        about(
            N_("Storage hostname"),
            N_("The one of the zone's region, from its FTP & API page: uk.storage.bunnycdn.com."),
        ),
    ] = HOST
    folder: Annotated[
        str, about(N_("Folder"), N_("Files are put into this folder of the zone."))
    ] = ""
    api_address: str = ""

    def __post_init__(self) -> None:
        # Whoever empties the field of a form means the usual one.
        if not self.host.strip():
            msgspec.structs.force_setattr(self, "host", HOST)


SECRETS = (
    SecretField(
        "password", N_("Password"), N_("The password of the storage zone, not a read-only one.")
    ),
    SecretField(
        "zone_key",
        N_("CDN token key"),
        N_("For links that end; from the security page of the pull zone."),
        is_optional=True,
    ),
)


class _Entry(msgspec.Struct, frozen=True, rename="pascal"):
    """A file in a listing."""

    object_name: str
    length: int
    checksum: str | None = None


class _Checkpoint(msgspec.Struct, frozen=True):
    """What was worked out before the first byte; a call that broke starts over."""

    identity: Identity
    sha256: str


class BunnyStorage:
    """A storage zone as a destination; what its methods do stands in `Destination`."""

    def __init__(
        self,
        configuration: BunnyStorageConfiguration,
        secrets: Secrets,
        network: Network | None = None,
        *,
        now: Callable[[], float] = time.time,
        policy: RetryPolicy = POLICY,
    ) -> None:
        if not configuration.zone or not configuration.pull_zone:
            raise InvalidSettingError(N_("Name the storage zone and the hostname of a pull zone."))
        if not secrets.get("password"):
            raise InvalidSettingError(N_("The password of the storage zone is missing."))
        self._configuration, self._secrets = configuration, secrets
        self._now, self._policy = now, policy
        self._api = (configuration.api_address or f"https://{configuration.host}").rstrip("/")
        self._client = HttpClient([self._api], network, secrets.values())

    def prepare(self, item: Item, *, is_repeated: bool = False) -> Ticket:  # noqa: ARG002
        """Name the file. Each has a folder of its own: names stay as they are, and lists short."""
        path = self._path(item.key, item.file_name.replace("/", "_"))
        return Ticket(
            remote_id=path,
            link=f"https://{self._configuration.pull_zone}/{quote(path)}",
            title=item.title,
            media_type=item.media_type,
        )

    def send(self, ticket: Ticket, source: Source, context: SendContext) -> None:
        """Upload in one call, whose sum the service checks; there is nothing to go on from."""
        context.on_stop(self.abort)
        retry = Retry(self._policy, clock=context.clock)
        checksum = self._checksum(source, context)
        while True:
            source.check()
            try:
                self._put(ticket.remote_id, Window(source, 0, source.size, context), checksum)
            except ShareError as error:
                context.check()
                context.wait_after(error, retry.failed(error))
            else:
                source.check()
                context.progress(source.size, source.size)
                return

    def verify(
        self, ticket: Ticket, source: Source, check: Callable[[], None] = lambda: None
    ) -> None:
        """Compare the size, and the sum where the service tells it."""
        entry = self._entry(ticket)
        if entry is None:
            raise RemoteNotFound(
                N_("The file is not there."), hint=N_("Upload the recording again.")
            )
        checksum = (entry.checksum or "").lower()
        is_same = entry.length == source.size
        if not is_same or (checksum and checksum != _sha256(source, check)):
            raise ChecksumMismatch(
                N_("What arrived is not the recording."), hint=N_("Upload the recording again.")
            )

    def status(self, ticket: Ticket) -> RemoteStatus:
        is_there = self._entry(ticket) is not None
        return RemoteStatus(RemoteState.PLAYABLE if is_there else RemoteState.LINK_MADE)

    def links(self, ticket: Ticket, kind: LinkKind, lifetime_s: int | None = None) -> Link:
        if kind is LinkKind.PAGE:
            raise InvalidRequest(
                N_("Bunny Storage has no play pages."), hint=N_("Take the direct link.")
            )
        address, ends = ticket.link, None
        if lifetime_s is not None:
            if not (key := self._secrets.get("zone_key")):
                raise InvalidRequest(
                    N_("Links that end need the key “{key}”."),
                    hint=NO_KEY_HINT,
                    key=SECRETS[1].title,
                )
            ends = int(self._now()) + lifetime_s
            address = signed_file(key, address, ends)
        if kind is LinkKind.EMBED:
            address = pasting.embed_video(address, ticket.title)
        elif kind is LinkKind.MARKDOWN:
            address = pasting.markdown(address, ticket.title)
        return Link(kind, address, ends)

    def remove(self, ticket: Ticket, checkpoint: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        folder, _, name = ticket.remote_id.rpartition("/")
        self._call("DELETE", f"{folder}/{name}", expect=(200, 204, 404))
        # Its own folder, which is empty now.
        self._call("DELETE", f"{folder}/", expect=(200, 204, 400, 404))

    def test(self) -> Sequence[Finding]:
        """Upload a small file and delete it."""
        ticket = Ticket(remote_id=self._path("recorder-test", "test.txt"), link="")
        content = b"test"
        try:
            answer = self._put(ticket.remote_id, content, hashlib.sha256(content).hexdigest())
        except ShareError as error:
            return [finding(error)]
        return [
            *(Finding(check) for check in (Check.NETWORK, Check.PROXY, Check.CERTIFICATE)),
            Finding(Check.CLOCK, clock_problem(answer.headers, self._now())),
            *(Finding(check) for check in (Check.KEY, Check.REGION, Check.BUCKET)),
            tried(Check.PERMISSION, lambda: self.remove(ticket)),
        ]

    def abort(self) -> None:
        self._client.abort()

    def close(self) -> None:
        self._client.close()

    def _checksum(self, source: Source, context: SendContext) -> str:
        try:
            kept = converted(context.checkpoint, _Checkpoint)
        except msgspec.ValidationError:
            kept = None
        if kept is None or kept.identity != source.identity:
            kept = _Checkpoint(source.identity, _sha256(source, context.check))
            context.save(msgspec.to_builtins(kept))
        return kept.sha256

    def _path(self, *parts: str) -> str:
        return "/".join(filter(None, (self._configuration.folder.strip("/"), *parts)))

    def _entry(self, ticket: Ticket) -> _Entry | None:
        folder, _, name = ticket.remote_id.rpartition("/")
        try:
            entries = self._call("GET", f"{folder}/", expect=(200,)).read(list[_Entry])
        except RemoteNotFound:
            return None
        return next((each for each in entries if each.object_name == name), None)

    def _put(self, path: str, body: bytes | Window, checksum: str) -> Answer:
        headers = {"Content-Type": "application/octet-stream", "Checksum": checksum.upper()}
        return self._call(
            "PUT", path, headers=headers, body=body if len(body) else b"", expect=(200, 201)
        )

    def _call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Window | None = None,
        expect: tuple[int, ...],
    ) -> Answer:
        try:
            return self._client.call(
                method,
                f"{self._api}/{quote(self._configuration.zone)}/{quote(path)}",
                headers={"AccessKey": self._secrets["password"], **(headers or {})},
                body=body,
                expect=expect,
            )
        except AuthenticationRejected as error:
            raise AuthenticationRejected(
                N_("Bunny does not accept the password for this storage zone."),
                hint=N_("Check the password and the storage hostname: each region has its own."),
            ) from error


def _sha256(source: Source, check: Callable[[], None] = lambda: None) -> str:
    digest = hashlib.sha256()
    block = memoryview(bytearray(_BLOCK_BYTES))
    for offset in range(0, source.size, _BLOCK_BYTES):
        check()
        digest.update(block[: source.read_into(offset, block[: source.size - offset])])
    source.check()
    return digest.hexdigest()


KIND = Kind("bunny-storage", N_("Bunny Storage"), BunnyStorageConfiguration, SECRETS, BunnyStorage)
