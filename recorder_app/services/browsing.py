"""What the library's window shows: pages of cards, all ids behind them, counts for its sidebar.

Functions take an open ``Database`` and may be called on any thread. They raise LibraryError.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from recorder_app.library import overview, recordings
from recorder_app.library.card_rows import CardRow, card_rows
from recorder_app.library.database import Database
from recorder_app.library.highlights import Highlight
from recorder_app.library.listing import Filter, Order
from recorder_app.library.models import Job
from recorder_app.library.overview import Counts
from recorder_app.library.queue import JobState, Session
from recorder_app.library.search import FoundIds, search_ids

# What "recent" means.
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be shown; without an order the newest come first, or the best for a `text`.

    With `is_unfinished`, only those with an upload or export that is not done.
    """

    text: str = ""
    wanted: Filter = field(default_factory=Filter)
    order: Order | None = None
    is_reversed: bool = False
    is_unfinished: bool = False


class WorkEntry(msgspec.Struct, frozen=True):
    """An upload or export that is not done: `state` as jobs have it, `progress` 0 to 1."""

    kind: str
    state: str
    progress: float


class CardEntry(msgspec.Struct, frozen=True):
    """A recording as the window shows it. Times are UTC.

    `title_ranges` are the letters of the title that were searched for, from and to; `found_in` is
    another text they are in, with its ranges.
    """

    id: str
    title: str
    path: str
    status: str
    duration_s: float
    file_size: int
    has_picture: bool
    project: str | None
    tags: tuple[str, ...]
    is_favourite: bool
    created_at: datetime
    is_deleted: bool
    links: dict[str, str]
    work: WorkEntry | None
    title_ranges: tuple[tuple[int, int], ...] = ()
    found_in: tuple[str, tuple[tuple[int, int], ...]] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that answers a question, in its order."""

    found: FoundIds

    @property
    def ids(self) -> list[str]:
        return self.found.ids


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is in the library; projects and tags with how many recordings they have.

    `destinations` are those that something was uploaded to.
    """

    counts: Counts
    unfinished: int
    projects: list[tuple[str, int]]
    tags: list[tuple[str, int]]
    destinations: list[str]


def first_page(database: Database, question: Question, limit: int) -> tuple[list[CardEntry], int]:
    """Return the first cards for `question`, and how many there are in all."""
    with database.read() as session:
        found = _found(session, question, limit)
        return _cards(session, found, found.ids), found.total


def listing(database: Database, question: Question) -> Listing:
    """Return the ids of everything that answers `question`."""
    with database.read() as session:
        return Listing(_found(session, question, None))


def cards(database: Database, listed: Listing, first: int, count: int) -> dict[int, CardEntry]:
    """Return `count` cards from the `first` on by their places; those that are gone are missing."""
    some = listed.ids[first : first + count]
    with database.read() as session:
        found = {card.id: card for card in _cards(session, listed.found, some)}
    return {place: found[each] for place, each in enumerate(some, start=first) if each in found}


def still_there(database: Database, recording_ids: Sequence[str]) -> list[str]:
    """Return those of the ids that are in the library, in their order; the trash is part of it."""
    with database.read() as session:
        return recordings.still_there(session, recording_ids)


def overview_of(database: Database) -> Overview:
    """Count what there is."""
    with database.read() as session:
        return Overview(
            overview.counts(session, datetime.now(UTC) - RECENT),
            len(overview.unfinished_ids(session)),
            overview.projects(session),
            overview.tags(session),
            overview.destinations(session),
        )


def _filter(session: Session, question: Question) -> Filter:
    if not question.is_unfinished:
        return question.wanted
    ids = tuple(overview.unfinished_ids(session))
    return dataclasses.replace(question.wanted, ids=ids)


def _found(session: Session, question: Question, limit: int | None) -> FoundIds:
    return search_ids(
        session,
        question.text,
        _filter(session, question),
        order=question.order,
        is_reversed=question.is_reversed,
        limit=limit,
    )


def _cards(session: Session, found: FoundIds, recording_ids: Sequence[str]) -> list[CardEntry]:
    rows = card_rows(session, recording_ids)
    marks = found.marked(session, [row.shown for row in rows])
    jobs = overview.open_jobs(session, recording_ids)
    return [_card(row, each, jobs.get(row.id)) for row, each in zip(rows, marks, strict=True)]


def _card(row: CardRow, marks: Mapping[str, Highlight], job: Job | None) -> CardEntry:
    title = marks.get("title")
    other = next((shown for name, shown in marks.items() if name != "title"), None)
    # Titles are shown whole; a long one is marked only as far as it was cut for its marks.
    is_whole = title is not None and title.text == row.title
    return CardEntry(
        id=row.id,
        title=row.title,
        path=row.path,
        status=row.status,
        duration_s=row.duration_s,
        file_size=row.file_size,
        has_picture=bool(row.width),
        project=row.project,
        tags=row.tags,
        is_favourite=row.is_favourite,
        created_at=row.created_at,
        is_deleted=row.deleted_at is not None,
        links={name: str(link) for name, link in row.share_links.items()},
        work=None if job is None else WorkEntry(job.kind, JobState(job.state).value, job.progress),
        title_ranges=tuple(title.ranges) if title is not None and is_whole else (),
        found_in=None if title is not None or other is None else (other.text, other.ranges),
    )
