"""Listing and searching this user's library."""

from __future__ import annotations

import contextlib

import msgspec

from recorder_app.library.listing import Filter, Order
from recorder_app.library.search import Found, search
from recorder_app.services.library import RecordingEntry, entry_of, open_library


class HighlightEntry(msgspec.Struct, frozen=True):
    """A text of a recording, cut where it is long, and where in it the words are: from, to."""

    text: str
    ranges: list[tuple[int, int]]


class FoundEntry(RecordingEntry, frozen=True):
    """A recording that was found, and by field why."""

    highlights: dict[str, HighlightEntry]


def list_recordings(
    wanted: Filter, order: Order, limit: int, offset: int
) -> tuple[list[RecordingEntry], int]:
    """Return a page of the recordings that are `wanted`, and how many there are on all pages."""
    found = _look("", wanted, order, limit, offset)
    return [entry_of(hit.recording) for hit in found.hits], found.total


def find_recordings(
    text: str, wanted: Filter, order: Order | None, limit: int, offset: int
) -> tuple[list[FoundEntry], int]:
    """Return a page of the recordings with the words of `text`, and how many there are in all.

    Without an order the best come first.
    """
    found = _look(text, wanted, order, limit, offset)
    entries = []
    for hit in found.hits:
        shown = {
            name: HighlightEntry(each.text, list(each.ranges))
            for name, each in hit.highlights.items()
        }
        fields = msgspec.structs.asdict(entry_of(hit.recording))
        entries.append(FoundEntry(**fields, highlights=shown))
    return entries, found.total


def _look(text: str, wanted: Filter, order: Order | None, limit: int, offset: int) -> Found:
    with contextlib.closing(open_library()) as database, database.read() as session:
        return search(session, text, wanted, order=order, limit=limit, offset=offset)
