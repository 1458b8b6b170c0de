"""S3 servers: Backblaze B2, Cloudflare R2, Amazon S3, MinIO and whatever else speaks as they do.

A file lies under its own folder of the bucket, with a page that plays it beside it if wanted. Its
link is an address of the bucket's public side, or one that is signed and ends after a week.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from recorder_app.errors import (
    ChecksumMismatch,
    InvalidRequest,
    InvalidSettingError,
    PermissionRejected,
    RemoteNotFound,
)
from recorder_app.settings.fields import about
from recorder_app.share import pasting, s3_findings
from recorder_app.share.destination import (
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
from recorder_app.share.http import origin
from recorder_app.share.play_page import play_page
from recorder_app.share.retry import RetryPolicy, retried
from recorder_app.share.s3_client import S3Client
from recorder_app.share.s3_errors import BucketMissing, NotOffered, UploadForgotten
from recorder_app.share.s3_signing import LONGEST_S, signed_address
from recorder_app.share.s3_sums import joined_tag, md5_of, md5_part, part_size
from recorder_app.share.s3_upload import POLICY, S3Upload, discard, read_checkpoint
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from recorder_app.texts import N_

_BACKBLAZE = re.compile(r"s3\.([a-z0-9-]+)\.backblazeb2\.com")
_AMAZON = re.compile(r"(?:.+\.)?s3[.-]([a-z]{2}(?:-[a-z]+)+-[0-9])\.amazonaws\.com(?:\.cn)?")
_CLOUDFLARE = re.compile(r".+\.r2\.cloudflarestorage\.com")
# A master key is named like its account.
_MASTER_KEY = re.compile(r"[0-9a-f]{12}")
_MASTER_HINT = N_(
    "This is the master key, which does not work here. Make an application key on Backblaze's page"
    " “Application Keys” and enter that one."
)
_PAGE_NAME = "index.html"
_UNKNOWN_TYPE = "application/octet-stream"
_SAMPLE_BYTES = 64 * 1024


class S3Configuration(Configuration, frozen=True, kw_only=True):
    """A bucket, and how people see what is in it."""

    endpoint: Annotated[
        str,
        about(
            N_("Server"),
            N_("The S3 endpoint of the bucket, such as https://s3.us-west-004.backblazeb2.com."),
        ),
    ]
    bucket: Annotated[str, about(N_("Bucket"), N_("The name of the bucket."))]
    region: Annotated[
        str,
        about(N_("Region"), N_("Left empty, it is taken from the server's address.")),
    ] = ""
    folder: Annotated[
        str, about(N_("Folder"), N_("Files are put into this folder of the bucket."))
    ] = "recordings"
    public_address: Annotated[
        str,
        about(
            N_("Public address"),
            N_(
                "Where people see the bucket, such as https://media.example.com/{key}. Without one,"
                " links are signed and end after 7 days."
            ),
        ),
    ] = ""
    has_play_page: Annotated[
        bool,
        about(
            N_("Play page"), N_("Put a small page beside each recording that plays it in browsers.")
        ),
    ] = False


SECRETS = (
    SecretField("key_id", N_("Key ID"), N_("Also called access key. Not Backblaze's master key.")),
    SecretField("secret", N_("Secret key"), N_("At Backblaze it is called application key.")),
)


class S3:
    """A bucket as a destination; what its methods do stands in `Destination`."""

    def __init__(
        self,
        configuration: S3Configuration,
        secrets: Secrets,
        network: Network | None = None,
        *,
        now: Callable[[], float] = time.time,
        policy: RetryPolicy = POLICY,
        part_bytes: int | None = None,
    ) -> None:
        if not configuration.endpoint or not configuration.bucket:
            raise InvalidSettingError(N_("Name the server and the bucket."))
        if not secrets.get("key_id") or not secrets.get("secret"):
            raise InvalidSettingError(N_("The key ID or the secret key is missing."))
        public = _with_scheme(configuration.public_address.rstrip("/"))
        if configuration.has_play_page and not public:
            raise InvalidSettingError(
                N_("A play page needs a public address."),
                hint=N_("Enter where people see the bucket, or switch the play page off."),
                field="public_address",
            )
        if public:
            origin(public.replace("{key}", ""))
        self._configuration, self._secrets = configuration, secrets
        self._public = public if "{key}" in public or not public else f"{public}/{{key}}"
        # A path would be taken for the bucket's name.
        self._endpoint = origin(_with_scheme(configuration.endpoint))
        host = urlsplit(self._endpoint).hostname or ""
        # Where the address names the region, no other one can be right.
        self._region = region_of(host) or configuration.region or "us-east-1"
        self._now, self._policy, self._part_bytes = now, policy, part_bytes
        is_master = _BACKBLAZE.fullmatch(host) and _MASTER_KEY.fullmatch(secrets["key_id"])
        self._client = S3Client(
            self._endpoint,
            self._region,
            secrets["key_id"],
            secrets["secret"],
            network,
            key_hint=_MASTER_HINT if is_master else "",
        )

    def prepare(self, item: Item, *, is_repeated: bool = False) -> Ticket:  # noqa: ARG002
        """Name the file, which needs no network."""
        name = item.file_name.replace("/", "_")
        if name == _PAGE_NAME:
            name = f"_{name}"
        key = self._key(item.key, name)
        ticket = Ticket(remote_id=key, link="", title=item.title, media_type=item.media_type)
        is_page = self._configuration.has_play_page
        link = self.links(ticket, LinkKind.PAGE if is_page else LinkKind.DIRECT)
        data = {} if link.expires_at is None else {"expires_at": str(link.expires_at)}
        return Ticket(
            remote_id=key, link=link.text, title=item.title, media_type=item.media_type, data=data
        )

    def send(self, ticket: Ticket, source: Source, context: SendContext) -> None:
        """Upload in parts; the page that plays it goes first, for those who open the link early."""
        context.on_stop(self.abort)
        if self._configuration.has_play_page:
            self._send_page(ticket, context)
        S3Upload(
            self._client,
            self._configuration.bucket,
            ticket.remote_id,
            source,
            context,
            headers=_headers(ticket.media_type, _name(ticket.remote_id)),
            policy=self._policy,
            part_bytes=self._part_bytes,
        ).send()

    def verify(
        self, ticket: Ticket, source: Source, check: Callable[[], None] = lambda: None
    ) -> None:
        """Compare the size and the sum; where the server names sums otherwise, both ends.

        The server compared the sum of each part when it came.
        """
        found = self._client.call("head_object", **self._place(ticket.remote_id))
        is_same = found.get("ContentLength") == source.size
        part_bytes = self._part_bytes or part_size(source.size)
        if is_same and source.size <= part_bytes:
            digest = md5_of(found)
            is_same = digest is None or digest == md5_part(source, 0, source.size, check).hex()
        elif is_same and str(found.get("ETag", "")).strip('"') != joined_tag(
            source, part_bytes, check
        ):
            is_same = self._has_same_ends(ticket, source)
        source.check()
        if not is_same:
            raise ChecksumMismatch(
                N_("What arrived is not the recording."), hint=N_("Upload the recording again.")
            )

    def status(self, ticket: Ticket) -> RemoteStatus:
        try:
            self._client.call("head_object", **self._place(ticket.remote_id))
        except BucketMissing:
            raise
        except RemoteNotFound:
            return RemoteStatus(RemoteState.LINK_MADE)
        return RemoteStatus(RemoteState.PLAYABLE)

    def links(self, ticket: Ticket, kind: LinkKind, lifetime_s: int | None = None) -> Link:
        if kind is LinkKind.PAGE and not self._configuration.has_play_page:
            raise InvalidRequest(
                N_("This destination has no play pages."),
                hint=N_("Take the direct link, or switch play pages on in its settings."),
            )
        if kind is LinkKind.PAGE and lifetime_s is not None:
            raise InvalidRequest(
                N_("The link of a play page cannot end."), hint=N_("Take the direct link.")
            )
        key = ticket.remote_id
        address, ends = self._public_address(key), None
        if lifetime_s is not None or not address:
            address, ends = self._signed_address(key, lifetime_s)
        if kind is LinkKind.PAGE:
            address = self._public_address(_page_key(key))
        elif kind is LinkKind.EMBED:
            address = pasting.embed_video(address, ticket.title)
        elif kind is LinkKind.MARKDOWN:
            is_page = self._configuration.has_play_page and ends is None
            shown = self._public_address(_page_key(key)) if is_page else address
            address = pasting.markdown(shown, ticket.title)
        return Link(kind, address, ends)

    def remove(self, ticket: Ticket, checkpoint: Mapping[str, Any] | None = None) -> None:
        """Take away the file, its page, all their versions, and what was only begun."""
        folder = f"{ticket.remote_id.rpartition('/')[0]}/"
        begun = read_checkpoint(checkpoint or {})
        if begun is not None and begun.upload_id:
            place = self._place(ticket.remote_id)
            with contextlib.suppress(RemoteNotFound, UploadForgotten):
                self._client.call("abort_multipart_upload", **place, UploadId=begun.upload_id)
        # Not every key may list, and not every server can.
        with contextlib.suppress(PermissionRejected, NotOffered):
            discard(self._client, self._configuration.bucket, folder)
        for key, version in self._versions(folder, ticket):
            named = {} if version is None else {"VersionId": version}
            with contextlib.suppress(RemoteNotFound):
                self._client.call("delete_object", **self._place(key), **named)

    def test(self) -> Sequence[Finding]:
        """Upload a small file, begin a large one, and take both away."""
        ticket = Ticket(remote_id=self._key("recorder-test", "test.txt"), link="")
        return s3_findings.found(
            self._client,
            self._configuration.bucket,
            ticket.remote_id,
            remove=lambda: self.remove(ticket),
            now=self._now(),
        )

    def clean_up(self, older_than_s: float) -> int:
        """Abort old unfinished uploads of the destination's folder; without one, whose are they?"""
        if not (folder := self._configuration.folder.strip("/")):
            return 0
        before = self._now() - older_than_s
        return discard(self._client, self._configuration.bucket, f"{folder}/", before)

    def abort(self) -> None:
        self._client.abort()

    def close(self) -> None:
        self._client.close()

    def _send_page(self, ticket: Ticket, context: SendContext) -> None:
        content = play_page(_name(ticket.remote_id), ticket.title)

        def put() -> None:
            context.check()
            self._client.call(
                "put_object",
                **self._place(_page_key(ticket.remote_id)),
                **_headers("text/html; charset=utf-8", _PAGE_NAME),
                Body=content,
                ContentMD5=base64.b64encode(
                    hashlib.md5(content, usedforsecurity=False).digest()
                ).decode(),
            )

        retried(put, self._policy, context.sleep, clock=context.clock)

    def _has_same_ends(self, ticket: Ticket, source: Source) -> bool:
        length = min(_SAMPLE_BYTES, source.size)
        ours = memoryview(bytearray(length))
        for begin in (0, source.size - length):
            source.read_into(begin, ours)
            theirs = self._client.call(
                "get_object",
                **self._place(ticket.remote_id),
                Range=f"bytes={begin}-{begin + length - 1}",
            )
            if theirs["Body"].read() != ours:
                return False
        return True

    def _versions(self, folder: str, ticket: Ticket) -> list[tuple[str, str | None]]:
        """Return what lies in `folder`, with all versions: what is only hidden is still billed."""
        found: list[tuple[str, str | None]] = []
        try:
            for page in self._client.pages(
                "list_object_versions", Bucket=self._configuration.bucket, Prefix=folder
            ):
                for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    # A server that does not know prefixes lists everything there is.
                    if str(each.get("Key", "")).startswith(folder):
                        found.append((each["Key"], each.get("VersionId")))
        except BucketMissing:
            return []
        except (PermissionRejected, NotOffered):
            return [(ticket.remote_id, None), (_page_key(ticket.remote_id), None)]
        return found

    def _key(self, *parts: str) -> str:
        return "/".join(filter(None, (self._configuration.folder.strip("/"), *parts)))

    def _place(self, key: str) -> dict[str, str]:
        return {"Bucket": self._configuration.bucket, "Key": key}

    def _public_address(self, key: str) -> str:
        return self._public.replace("{key}", quote(key))

    def _signed_address(self, key: str, lifetime_s: int | None) -> tuple[str, int]:
        lifetime_s = LONGEST_S if lifetime_s is None else lifetime_s
        if not 1 <= lifetime_s <= LONGEST_S:
            raise InvalidRequest(
                N_("Links here last from 1 second to 7 days."), hint=N_("Ask for a shorter time.")
            )
        now = self._now()
        address = signed_address(
            f"{self._endpoint}/{quote(self._configuration.bucket)}/{quote(key)}",
            self._region,
            self._secrets["key_id"],
            self._secrets["secret"],
            lifetime_s=lifetime_s,
            now=now,
        )
        return address, int(now) + lifetime_s


def region_of(host: str) -> str:
    """Return the region that the name of a known service's server tells, or nothing."""
    for pattern in (_BACKBLAZE, _AMAZON):
        if found := pattern.fullmatch(host):
            return found[1]
    return "auto" if _CLOUDFLARE.fullmatch(host) else ""


def _with_scheme(address: str) -> str:
    """Return `address` as it is meant where it was copied from a service's page without https."""
    return address if "://" in address or not address else f"https://{address}"


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _page_key(key: str) -> str:
    return f"{key.rpartition('/')[0]}/{_PAGE_NAME}"


def _headers(media_type: str, name: str) -> dict[str, str]:
    """Return what lets a browser play the file in place, and save it under its name."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    disposition = f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"ContentType": media_type or _UNKNOWN_TYPE, "ContentDisposition": disposition}


KIND = Kind("s3", N_("S3 storage (Backblaze B2, Cloudflare R2, …)"), S3Configuration, SECRETS, S3)
