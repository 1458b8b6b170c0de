"""From the name of a destination to one that can be called, and a recording's place at it."""

from __future__ import annotations

import contextlib
import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from recorder_app.errors import (
    AuthenticationRejected,
    InvalidSettingError,
    PermissionRejected,
)
from recorder_app.jobs import credentials, renditions
from recorder_app.library import uploads
from recorder_app.library.database import Database
from recorder_app.library.models import Recording, Upload
from recorder_app.media.missing import missing_file
from recorder_app.settings.destinations import DestinationsStore, StoredDestination
from recorder_app.shapes import converted
from recorder_app.share import kinds
from recorder_app.share.destination import (
    Configuration,
    Destination,
    Item,
    Kind,
    Link,
    LinkKind,
    Network,
    Ticket,
)
from recorder_app.texts import N_

# By this a kind says that the link of a ticket is signed, and when it ends.
_ENDS = "expires_at"
REFUSALS = (AuthenticationRejected, PermissionRejected)
"""After these a key may have been mended in the keyring meanwhile."""
_TYPES = {".webm": "video/webm", ".mkv": "video/x-matroska", ".mp4": "video/mp4"}


def stored(name: str) -> StoredDestination:
    """Return the destination of that name. Raises InvalidRequest and SettingsError."""
    return DestinationsStore().read().get(name)


def configuration_of(entry: StoredDestination, kind: Kind) -> Configuration:
    """Return what `entry` is configured with. Raises InvalidSettingError."""
    try:
        # What people type, and what they write into the file, may be text.
        return converted(dict(entry.configuration), kind.configuration, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidSettingError(
            N_("The destination “{name}” is not configured properly: {reason}."),
            hint=N_(
                "Set it anew in the settings; on the command line, “recorder-app destination add "
                "--replace” does."
            ),
            name=entry.name,
            reason=error,
        ) from error


def network_of(entry: StoredDestination, limit_s: float | None = None) -> Network:
    """Return how its servers are reached; with `limit_s` only for so long, about."""
    network = Network(proxy=entry.proxy, ca_file=entry.ca_file)
    if limit_s is None:
        return network
    return msgspec.structs.replace(
        network, connect_timeout_s=limit_s / 2, read_timeout_s=limit_s / 2
    )


def unlock(entry: StoredDestination) -> None:
    """Have the secrets at hand: then `opened` waits for no person. Raises SecretsError."""
    credentials.secrets_of(entry.name, kinds.kind(entry.kind).secrets)


@contextlib.contextmanager
def opened(entry: StoredDestination, limit_s: float | None = None) -> Iterator[Destination]:
    """Yield the destination, ready to be called, and close it.

    Raises InvalidSettingError and SecretsError. May ask the keyring.
    """
    kind = kinds.kind(entry.kind)
    configuration = configuration_of(entry, kind)
    known = credentials.secrets_of(entry.name, kind.secrets)
    destination = kind.open(configuration, known, network_of(entry, limit_s))
    try:
        yield destination
    except REFUSALS:
        credentials.doubted(entry.name)
        raise
    finally:
        destination.close()


def media_of(recording: Recording) -> Path:
    """Return a recording's own file. Raises UnreadableMedia where it is not there."""
    path = Path(recording.path)
    if not path.is_file():
        raise missing_file(path)
    return path


def ticket_of(row: Upload) -> Ticket | None:
    """Return the remote place of `row`, if it was made."""
    found = row.details.get("ticket")
    return None if found is None else converted(found, Ticket)


def kept(ticket: Ticket) -> dict[str, Any]:
    """Return `ticket` as it is stored: a link that is signed without what signs it.

    Whoever has such a link needs no key; and backups and exports go to many places.
    """
    if _ENDS in ticket.data:
        ticket = msgspec.structs.replace(
            ticket, link=urlsplit(ticket.link)._replace(query="").geturl()
        )
    plain: dict[str, Any] = msgspec.to_builtins(ticket)
    return plain


def is_signed(ticket: Ticket) -> bool:
    """Return whether what people open is a link that ends, and so is made anew each time."""
    return _ENDS in ticket.data


def current_link(destination: Destination, ticket: Ticket) -> Link:
    """Return what people open, which works from now on. May call the server."""
    if is_signed(ticket):
        return destination.links(ticket, LinkKind.DIRECT)
    return Link(LinkKind.PAGE, ticket.link)


def prepared(
    database: Database, destination: Destination, upload_id: str, *, as_mp4: bool = False
) -> Ticket | None:
    """Make the remote place of an upload and keep it; return the one there is already.

    With `as_mp4` it is that of an MP4 which may be made of the recording later. None where the
    upload is not wanted any more. Raises ShareError and MediaError.
    """
    with database.write() as session:
        row = uploads.with_id(session, upload_id)
        if row is None:
            return None
        if (ticket := ticket_of(row)) is not None:
            return ticket
        name = row.destination
        recording = session.get_one(Recording, row.recording_id)
        item = _item(row.id, recording, as_mp4=as_mp4)
        # Before the call: who ends in the middle of it may have made something there.
        is_repeated = bool(row.details.get("was_tried"))
        uploads.keep(row, was_tried=True)
    ticket = destination.prepare(item, is_repeated=is_repeated)
    with database.write() as session:
        row = uploads.with_id(session, upload_id)
        first = None if row is None else ticket_of(row)
        if row is None or first is not None:
            # Taken back in the meantime, when nobody knew yet what to delete; or somebody else was
            # first, whose link may have been given away.
            if first is None or first.remote_id != ticket.remote_id:
                uploads.enqueue_removal(
                    session,
                    {
                        "destination": name,
                        "remote_id": ticket.remote_id,
                        "link": kept(ticket)["link"],
                        "ticket": kept(ticket) | {"title": ""},
                    },
                )
            return first
        plain = kept(ticket)
        uploads.note_ticket(session, row, ticket.remote_id, plain["link"], plain)
    return ticket


def _item(key: str, recording: Recording, *, as_mp4: bool) -> Item:
    path = media_of(recording)
    size = path.stat().st_size
    name, media_type = path.name, _media_type(recording, path)
    if as_mp4 and renditions.is_needed(path):
        # The size is not known yet.
        name, media_type, size = f"{path.stem}{renditions.SUFFIX}", _TYPES[renditions.SUFFIX], 0
    return Item(key=key, title=recording.title, file_name=name, media_type=media_type, size=size)


def _media_type(recording: Recording, path: Path) -> str:
    guessed = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
    return recording.mime_type or guessed or "application/octet-stream"
