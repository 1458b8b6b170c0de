"""What every kind of destination does, and the data that goes in and out of it.

Uploading is: `Destination.prepare` once, which tells the link; then `Destination.send` with what
was kept by `SendContext.save`, as often as it takes; then `Destination.verify`. A kind is one
module that has a `Kind`, and is named in ``recorder_app.share.kinds``.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from recorder_app.errors import InvalidSettingError, RecorderError
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from recorder_app.texts import N_, translate

Secrets = Mapping[str, str]
"""The secrets of one destination, by the names of its `Kind.secrets`."""


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """How servers are reached.

    Without a `proxy` (an address such as ``http://user@proxy:3128``) the environment's is taken.
    `ca_file` is a PEM file of authorities that are trusted besides those of the system. The time
    limits are in seconds: until connected or a block is taken, and between two parts of an answer.
    """

    proxy: str = ""
    ca_file: str = ""
    connect_timeout_s: float = 15.0
    read_timeout_s: float = 60.0


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what a destination is configured with; it never holds a secret.

    The fields of a kind carry title and help as those of the settings do.
    """


@dataclass(frozen=True, slots=True)
class SecretField:
    """A secret that a kind of destination needs, and how people call it (marked texts)."""

    name: str
    title: str
    help: str
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of destination: its stable `name`, its `title` for people, and how one is made."""

    name: str
    title: str
    configuration: type[Configuration]
    secrets: tuple[SecretField, ...]
    make: Callable[[Any, Secrets, Network], Destination]

    def open(self, configuration: Any, secrets: Secrets, network: Network) -> Destination:
        """Return a destination, without touching the network.

        Raises InvalidSettingError where something is missing, or a secret cannot be one.
        """
        for field in self.secrets:
            value = secrets.get(field.name, "")
            # What comes along when a key is copied, and could not even be sent.
            if not (value.isascii() and value.isprintable()):
                raise InvalidSettingError(
                    N_("“{secret}” has a character in it that no key has."),
                    hint=N_("Copy it anew from the service's own pages, and enter that."),
                    secret=translate(field.title),
                )
        return self.make(configuration, secrets, network)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be shared.

    `key` is unique and stays the same over all attempts; names of remote files are made of it.
    `media_type` is a MIME type such as ``video/webm``, `size` in bytes.
    """

    key: str
    title: str
    file_name: str
    media_type: str
    size: int


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """The remote place that was made for an item. Plain data: it is kept with the recording.

    `remote_id` names it at the service, `link` is what people open, `data` is the kind's own.
    """

    remote_id: str
    link: str
    title: str = ""
    media_type: str = ""
    data: dict[str, str] = {}


class LinkKind(enum.Enum):
    """How a link is given away; not every destination has every kind."""

    PAGE = "page"
    DIRECT = "direct"
    EMBED = "embed"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is pasted: an address, HTML or Markdown.

    `expires_at` is when it ends, in seconds since 1970 UTC, or None if it never does.
    """

    kind: LinkKind
    text: str
    expires_at: int | None = None


class RemoteState(enum.Enum):
    """How far a shared item is, seen from whoever opens its link."""

    LINK_MADE = "link made"
    UPLOADED = "uploaded"
    PLAYABLE = "playable"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class RemoteStatus:
    """What the service says about an item.

    `share` is how much of its own work it has done, 0 to 1; `reason` is why it failed, in the
    service's own words, redacted.
    """

    state: RemoteState
    share: float | None = None
    reason: str = ""


class Check(enum.Enum):
    """What can be wrong with a destination, in the order in which it is tried."""

    NETWORK = "network"
    PROXY = "proxy"
    CERTIFICATE = "certificate"
    CLOCK = "clock"
    KEY = "key"
    REGION = "region"
    BUCKET = "bucket"
    PERMISSION = "permission"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried: fine without a `problem`."""

    check: Check
    problem: RecorderError | None = None


class Destination(Protocol):
    """A configured destination, with its connections. One thread at a time, except `abort`.

    Every call raises the subclasses of ShareError; those of a `send` that is to stop raise
    Cancelled.
    """

    def prepare(self, item: Item, *, is_repeated: bool = False) -> Ticket:
        """Make the remote place of `item`, so that its link is there before the upload.

        Asks the server only where the server alone can name it. With `is_repeated` an earlier call
        for that item may have made one of which nobody was told; it is found and used.
        """
        ...

    def send(self, ticket: Ticket, source: Source, context: SendContext) -> None:
        """Upload what the server does not have yet; returns when it has all of it.

        Goes on from `context.checkpoint` as far as the server confirms it, retries what may be
        retried, and keeps a checkpoint before the first byte and after each acknowledged part.
        Raises MediaChanged when the file is no longer what it was.
        """
        ...

    def verify(
        self, ticket: Ticket, source: Source, check: Callable[[], None] = lambda: None
    ) -> None:
        """Compare what arrived with `source`. Raises ChecksumMismatch, RemoteNotFound.

        A large file may be read for that: `check` is called now and then, and may raise.
        """
        ...

    def status(self, ticket: Ticket) -> RemoteStatus:
        """Ask how far the service is."""
        ...

    def links(self, ticket: Ticket, kind: LinkKind, lifetime_s: int | None = None) -> Link:
        """Return a link; with `lifetime_s` one that is signed and ends after that many seconds.

        Raises InvalidRequest for what this destination cannot give.
        """
        ...

    def remove(self, ticket: Ticket, checkpoint: Mapping[str, Any] | None = None) -> None:
        """Take everything of `ticket` off the server, also what was only begun.

        What is gone already is fine.
        """
        ...

    def test(self) -> Sequence[Finding]:
        """Try everything an upload needs; each thing tried is a finding. Raises nothing of that."""
        ...

    def abort(self) -> None:
        """End the calls that are under way, at once. Any thread."""
        ...

    def close(self) -> None:
        """Let the connections go. May be called twice."""
        ...


class TakesCaptions(Protocol):
    """A destination that shows subtitles."""

    def set_captions(self, ticket: Ticket, language: str, label: str, subtitles: bytes) -> None:
        """Add WebVTT or SRT `subtitles`, or replace those of that ISO 639-1 `language`."""
        ...

    def remove_captions(self, ticket: Ticket, language: str) -> None: ...


class KeepsTitle(Protocol):
    """A destination that shows a title, which can follow the recording's."""

    def set_title(self, ticket: Ticket, title: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Audience:
    """How often an item was watched, and for how long in seconds."""

    views: int
    average_watched_s: float
    total_watched_s: float


class CountsViews(Protocol):
    """A destination that knows its audience."""

    def audience(self, ticket: Ticket) -> Audience: ...


class Collection(msgspec.Struct, frozen=True):
    """A group of items at the service."""

    collection_id: str
    name: str
    count: int = 0


class CleansUp(Protocol):
    """A destination where what was begun and never ended stays, and costs."""

    def clean_up(self, older_than_s: float) -> int:
        """Take away such uploads of ours that were begun so long ago; return how many."""
        ...


class HasCollections(Protocol):
    """A destination whose items can be grouped."""

    def collections(self) -> Sequence[Collection]: ...

    def add_collection(self, name: str) -> Collection: ...

    def move_to(self, ticket: Ticket, collection_id: str) -> None:
        """Put an item into a collection; an empty id takes it out of any."""
        ...
