"""Links to recordings that are shared, and how often those were watched."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from recorder_app.errors import InvalidRequest
from recorder_app.jobs import opening
from recorder_app.library import uploads
from recorder_app.library.database import Database
from recorder_app.services.uploads import copies_of
from recorder_app.share.destination import Audience, Destination, Link, LinkKind, Ticket
from recorder_app.texts import N_


class LinkEntry(msgspec.Struct, frozen=True):
    """A link to give away; `expires_at` is when it ends, if it does."""

    recording_id: str
    destination: str
    kind: str
    text: str
    expires_at: datetime | None


class AudienceEntry(msgspec.Struct, frozen=True):
    recording_id: str
    destination: str
    views: int
    average_watched_s: float
    total_watched_s: float


def link(
    database: Database,
    recording_id: str,
    destination: str | None = None,
    *,
    kind: LinkKind | None = None,
    lifetime_s: int | None = None,
) -> LinkEntry:
    """Return a link to a recording that is shared; what people open, if no `kind` is named.

    With `lifetime_s` it ends then; the library keeps when, not the link. May ask the server where
    a kind or an end is named. Raises InvalidRequest, ShareError and SecretsError.
    """
    with database.read() as session:
        row = copies_of(session, recording_id, destination)[0]
    ticket = opening.ticket_of(row)
    if ticket is None:
        raise InvalidRequest(
            N_("There is no link yet: “{destination}” was not reached so far."),
            hint=N_(
                "The line below the library shows what it waits for; on the command line, "
                "“recorder-app uploads” does."
            ),
            destination=row.destination,
        )
    if kind is None and lifetime_s is None and not opening.is_signed(ticket):
        return LinkEntry(row.recording_id, row.destination, LinkKind.PAGE.value, ticket.link, None)
    with opening.opened(opening.stored(row.destination)) as opened:
        found = _link(opened, ticket, kind, lifetime_s)
    ends_at = None if found.expires_at is None else datetime.fromtimestamp(found.expires_at, UTC)
    if ends_at is not None:
        with database.write() as session:
            kept = uploads.with_id(session, row.id)
            if kept is not None:
                uploads.note_link(kept, found.kind.value, ends_at)
    return LinkEntry(row.recording_id, row.destination, found.kind.value, found.text, ends_at)


def audience(database: Database, recording_id: str) -> list[AudienceEntry]:
    """Ask how often a recording was watched, where that is counted. Raises ShareError."""
    with database.read() as session:
        rows = copies_of(session, recording_id, None)
    found = []
    for row in rows:
        ticket = opening.ticket_of(row)
        if ticket is None:
            continue
        with opening.opened(opening.stored(row.destination)) as opened:
            ask = getattr(opened, "audience", None)
            if ask is None:
                continue
            told: Audience = ask(ticket)
        watched = (told.views, told.average_watched_s, told.total_watched_s)
        found.append(AudienceEntry(row.recording_id, row.destination, *watched))
    return found


def _link(
    destination: Destination, ticket: Ticket, kind: LinkKind | None, lifetime_s: int | None
) -> Link:
    if kind is None and lifetime_s is None:
        return opening.current_link(destination, ticket)
    if kind is None:
        kind = LinkKind.PAGE
        try:
            destination.links(ticket, LinkKind.PAGE)
        except InvalidRequest:
            # Not every destination has pages.
            kind = LinkKind.DIRECT
    return destination.links(ticket, kind, lifetime_s)
