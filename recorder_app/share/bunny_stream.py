"""Bunny Stream: videos with a play page, of any size, resumable.

A library of videos at https://video.bunnycdn.com, whose API takes the library's own key. From the
OpenAPI description at https://docs.bunny.net/api-reference/stream.
"""

from __future__ import annotations

import base64
import dataclasses
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from recorder_app.errors import (
    InvalidRequest,
    InvalidSettingError,
    RemoteConflict,
    RemoteNotFound,
    RemoteRejected,
    ShareError,
)
from recorder_app.settings.fields import about
from recorder_app.share import pasting, tus
from recorder_app.share.bunny_answers import (
    FoundVideos,
    VideoCollection,
    checked_video_id,
    is_guid,
    remote_status,
)
from recorder_app.share.bunny_library import VideoLibrary, path_of
from recorder_app.share.bunny_signing import (
    page_token,
    signed_file,
    signed_folder,
    upload_signature,
)
from recorder_app.share.destination import (
    Audience,
    Check,
    Collection,
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
from recorder_app.share.retry import RetryPolicy, retried
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from recorder_app.texts import N_, translate

API = "https://video.bunnycdn.com"
PLAYER = "https://player.mediadelivery.net"
# An upload's expiry is checked on every call and may stay that of the first; Bunny's own examples
# take a day.
_SIGNED_S = 24 * 3600
# What is left of it when it is renewed.
_RENEW_S = 3600
# The place in a ticket of the id of the collection that its video was put into.
_COLLECTION = "collection"

_one_looks = threading.Lock()


class BunnyStreamConfiguration(Configuration, frozen=True, kw_only=True):
    """A video library at Bunny Stream."""

    library_id: Annotated[
        str, about(N_("Library ID"), N_("The number of the video library, from its API page."))
    ]
    collection: Annotated[
        str,
        about(
            N_("Collection"),
            N_("Its name or ID; new videos are put into it. One that is not there is made."),
        ),
    ] = ""
    pull_zone: Annotated[
        str,
        about(
            N_("CDN hostname"),
            N_("Such as vz-1234abcd-567.b-cdn.net, from the API page; empty to ask the service."),
        ),
    ] = ""
    api_address: str = API
    player_address: str = PLAYER


SECRETS = (
    SecretField("api_key", N_("API key"), N_("The key of the library, from its API page.")),
    SecretField(
        "page_key",
        N_("Token authentication key"),
        N_("For play pages that end; from the library's security page."),
        is_optional=True,
    ),
    SecretField(
        "zone_key",
        N_("CDN token key"),
        N_("For direct links that end; from the security page of the library's pull zone."),
        is_optional=True,
    ),
)


class BunnyStream:
    """A library as a destination; what its methods do stands in `Destination`."""

    def __init__(
        self,
        configuration: BunnyStreamConfiguration,
        secrets: Secrets,
        network: Network | None = None,
        *,
        now: Callable[[], float] = time.time,
        tus_options: Mapping[str, Any] | None = None,
    ) -> None:
        if not configuration.library_id.isdecimal():
            raise InvalidSettingError(N_("A library ID is a number."), field="library_id")
        if not secrets.get("api_key"):
            raise InvalidSettingError(N_("The API key of the library is missing."))
        self._configuration, self._secrets = configuration, secrets
        self._now = now
        self._tus_options = dict(tus_options or {})
        self._policy: RetryPolicy = self._tus_options.get("policy", tus.POLICY)
        self._library = VideoLibrary(
            configuration.api_address,
            configuration.library_id,
            secrets["api_key"],
            network,
            secrets.values(),
        )

    def prepare(self, item: Item, *, is_repeated: bool = False) -> Ticket:
        """Create the video: Bunny names it, so the server has to be there.

        Until `send` sets the title it ends with the key of the item: so a video is found again of
        whose creation the answer was lost.
        """
        title = item.title.strip() or item.file_name
        ending = f"[{item.key}]"
        video = self._library.found(ending) if is_repeated else None
        if video is None:
            video = self._library.create(f"{title} {ending}", self._collection_id())
        video_id = checked_video_id(video.guid)
        return Ticket(
            remote_id=video_id,
            link=self._page("play", video_id),
            title=title,
            media_type=item.media_type,
            data={_COLLECTION: video.collection_id} if video.collection_id else {},
        )

    def send(self, ticket: Ticket, source: Source, context: SendContext) -> None:
        context.on_stop(self.abort)
        if not context.checkpoint:
            retried(lambda: self.set_title(ticket, ticket.title), self._policy, context.sleep)
        metadata = {"filetype": ticket.media_type, "title": ticket.title}
        if collection := ticket.data.get(_COLLECTION):
            metadata["collection"] = collection
        tus.TusUpload(
            self._library.client,
            f"{self._library.address}/tusupload",
            source,
            context,
            metadata=metadata,
            sign=self._signer(ticket),
            is_complete=lambda: self._has_arrived(ticket),
            **self._tus_options,
        ).send()

    def verify(
        self,
        ticket: Ticket,
        source: Source,  # noqa: ARG002 - see below
        check: Callable[[], None] = lambda: None,  # noqa: ARG002
    ) -> None:
        """Ask whether the video has its file.

        Bunny tells neither the size nor a sum of what it was sent; that every byte was acknowledged
        is known from tus.
        """
        status = self.status(ticket)
        if status.state is RemoteState.GONE:
            raise RemoteNotFound(
                N_("The video is no longer there."), hint=N_("Upload the recording again.")
            )
        if status.state is RemoteState.FAILED:
            raise RemoteRejected(
                N_("Bunny cannot use the file ({reason})."),
                hint=N_("Play the recording here. If that works, upload it as MP4."),
                reason=status.reason or translate(N_("no reason given")),
            )
        if status.state is RemoteState.LINK_MADE:
            raise RemoteConflict(
                N_("Bunny has not taken the file in yet."), hint=N_("Ask again after a while.")
            )

    def status(self, ticket: Ticket) -> RemoteStatus:
        try:
            found = remote_status(self._library.video(ticket.remote_id))
        except RemoteNotFound:
            return RemoteStatus(RemoteState.GONE)
        return dataclasses.replace(found, reason=self._library.client.redacted(found.reason))

    def links(self, ticket: Ticket, kind: LinkKind, lifetime_s: int | None = None) -> Link:
        """Return a link. The play page and its embedding need no network; the others may.

        The direct link is the largest MP4 where the library makes them, else the HLS playlist.
        """
        ends = None if lifetime_s is None else int(self._now()) + lifetime_s
        if kind is LinkKind.DIRECT:
            return Link(kind, self._direct(ticket, ends), ends)
        page = self._page("embed" if kind is LinkKind.EMBED else "play", ticket.remote_id)
        if ends is not None:
            token = page_token(self._key("page_key", SECRETS[1]), ticket.remote_id, ends)
            page = f"{page}?token={token}&expires={ends}"
        if kind is LinkKind.EMBED:
            page = pasting.embed_frame(page, ticket.title)
        elif kind is LinkKind.MARKDOWN:
            page = pasting.markdown(page, ticket.title, self._thumbnail(ticket))
        return Link(kind, page, ends)

    def remove(self, ticket: Ticket, checkpoint: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Delete the video, and with it what was uploaded of it."""
        self._library.delete(ticket.remote_id)

    def test(self) -> Sequence[Finding]:
        """Look into the library, then make a video in it and delete that."""
        try:
            answer = self._library.call("GET", "/videos", params={"page": 1, "itemsPerPage": 1})
            answer.read(FoundVideos)
        except ShareError as error:
            return [finding(error)]
        findings = [
            *(Finding(check) for check in (Check.NETWORK, Check.PROXY, Check.CERTIFICATE)),
            Finding(Check.CLOCK, clock_problem(answer.headers, self._now())),
            Finding(Check.KEY),
        ]
        if collection := self._configuration.collection.strip():
            findings.append(tried(Check.BUCKET, lambda: self._library.collection(collection)))
        findings.append(tried(Check.PERMISSION, self._make_and_delete))
        return findings

    def set_captions(self, ticket: Ticket, language: str, label: str, subtitles: bytes) -> None:
        body = {
            "srclang": language,
            "label": label,
            "captionsFile": base64.b64encode(subtitles).decode(),
        }
        self._library.change("POST", _captions(ticket, language), json=body)

    def remove_captions(self, ticket: Ticket, language: str) -> None:
        self._library.change("DELETE", _captions(ticket, language))

    def set_title(self, ticket: Ticket, title: str) -> None:
        self._library.change("POST", path_of(ticket.remote_id), json={"title": title})

    def audience(self, ticket: Ticket) -> Audience:
        video = self._library.video(ticket.remote_id)
        return Audience(
            video.views or 0, video.average_watch_time or 0.0, video.total_watch_time or 0.0
        )

    def collections(self) -> Sequence[Collection]:
        """Return all of them, by name."""
        found = self._library.collections()
        return [_collection(each) for each in sorted(found, key=lambda each: each.name or "")]

    def add_collection(self, name: str) -> Collection:
        return _collection(self._library.create_collection(name))

    def move_to(self, ticket: Ticket, collection_id: str) -> None:
        self._library.change(
            "POST", path_of(ticket.remote_id), json={"collectionId": collection_id}
        )

    def abort(self) -> None:
        self._library.client.abort()

    def close(self) -> None:
        self._library.client.close()

    def _collection_id(self) -> str:
        """Return the id of the collection for new videos, which is made where there is none."""
        wanted = self._configuration.collection.strip()
        if not wanted or is_guid(wanted):
            return wanted
        # Several uploads that begin at the same time would make one each.
        with _one_looks:
            found = self._library.collection(wanted) or self._library.create_collection(wanted)
        return found.guid

    def _has_arrived(self, ticket: Ticket) -> bool:
        return self.status(ticket).state in (RemoteState.UPLOADED, RemoteState.PLAYABLE)

    def _signer(self, ticket: Ticket) -> tus.Sign:
        """Return what signs the tus calls for this video, and again before that runs out."""
        library = self._library
        made: dict[str, str] = {}

        def sign(anew: bool) -> Mapping[str, str]:
            now = int(self._now())
            if anew or not made or int(made["AuthorizationExpire"]) - now < _RENEW_S:
                expires = now + _SIGNED_S
                signature = upload_signature(
                    library.library_id, library.api_key, expires, ticket.remote_id
                )
                made.update(
                    AuthorizationSignature=signature,
                    AuthorizationExpire=str(expires),
                    LibraryId=library.library_id,
                    VideoId=ticket.remote_id,
                )
            return made

        return sign

    def _make_and_delete(self) -> None:
        self._library.delete(self._library.create("Recorder test").guid)

    def _direct(self, ticket: Ticket, ends: int | None) -> str:
        video = self._library.video(ticket.remote_id)
        folder = f"/{ticket.remote_id}/"
        base = f"https://{self._zone(ticket.remote_id)}{folder}"
        if video.has_mp4_fallback and video.heights:
            address = f"{base}play_{video.heights[-1]}p.mp4"
            if ends is None:
                return address
            return signed_file(self._key("zone_key", SECRETS[2]), address, ends)
        address = f"{base}playlist.m3u8"
        if ends is None:
            return address
        return signed_folder(self._key("zone_key", SECRETS[2]), address, folder, ends)

    def _thumbnail(self, ticket: Ticket) -> str:
        """Return the address of its picture, or nothing while that cannot be told."""
        try:
            name = self._library.video(ticket.remote_id).thumbnail_file_name
            zone = self._zone(ticket.remote_id) if name else ""
        except ShareError:
            return ""
        return f"https://{zone}/{ticket.remote_id}/{name}" if name else ""

    def _zone(self, video_id: str) -> str:
        return self._configuration.pull_zone or self._library.zone(video_id)

    def _page(self, kind: str, video_id: str) -> str:
        player = self._configuration.player_address.rstrip("/")
        return f"{player}/{kind}/{self._library.library_id}/{video_id}"

    def _key(self, name: str, field: SecretField) -> str:
        if key := self._secrets.get(name):
            return key
        raise InvalidRequest(
            N_("Links that end need the key “{key}”."),
            hint=N_("Enter it in the destination's settings, or make a link that does not end."),
            key=field.title,
        )


def _captions(ticket: Ticket, language: str) -> str:
    is_code = language.isascii() and language.replace("-", "").isalpha()
    if not is_code or not 2 <= len(language) <= 8:
        raise InvalidRequest(
            N_("“{code}” is no code of a language."), hint=N_("Such as en or de."), code=language
        )
    return f"{path_of(ticket.remote_id)}/captions/{language}"


def _collection(found: VideoCollection) -> Collection:
    return Collection(found.guid, found.name or "", found.video_count or 0)


KIND = Kind("bunny-stream", N_("Bunny Stream"), BunnyStreamConfiguration, SECRETS, BunnyStream)
