"""Where in the library somebody looks, and what is asked of it then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from recorder_app.library.listing import Filter, Order
from recorder_app.library.media_rows import MISSING
from recorder_app.services.browsing import RECENT, Question
from recorder_app.texts import N_, translate

ALL, RECENT_ONES, FAVOURITES = "all", "recent", "favourites"
NOT_SHARED, UNFINISHED, GONE, TRASH = "not_shared", "unfinished", "missing", "trash"
PROJECT, TAG = "project", "tag"

TITLES = {
    ALL: N_("All"),
    RECENT_ONES: N_("Recent"),
    FAVOURITES: N_("Favourites"),
    NOT_SHARED: N_("Not uploaded"),
    UNFINISHED: N_("Unfinished"),
    GONE: N_("Missing"),
    TRASH: N_("Trash"),
}
ICONS = {
    ALL: "library",
    RECENT_ONES: "clock",
    FAVOURITES: "star",
    NOT_SHARED: "upload",
    UNFINISHED: "saving",
    GONE: "warning",
    TRASH: "trash",
    PROJECT: "folder",
    TAG: "tag",
}


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the sidebar; `name` is that of a project or tag."""

    kind: str = ALL
    name: str = ""

    @property
    def title(self) -> str:
        """What people read."""
        return self.name or translate(TITLES[self.kind])


@dataclass(frozen=True, slots=True)
class View:
    """All that decides which recordings are shown, and how they are sorted.

    `narrowed` is what the filter popup adds; of `order` None is the best first where there is a
    text, else the newest.
    """

    place: Place = field(default_factory=Place)
    text: str = ""
    narrowed: Filter = field(default_factory=Filter)
    order: Order | None = None
    is_reversed: bool = False

    def question(self) -> Question:
        """Return what the library is asked."""
        return Question(
            self.text,
            _AT.get(self.place.kind, _as_it_is)(self.narrowed, self.place.name),
            self.order,
            self.is_reversed,
            is_unfinished=self.place.kind == UNFINISHED,
        )


def _as_it_is(wanted: Filter, _name: str) -> Filter:
    return wanted


def _recent(wanted: Filter, _name: str) -> Filter:
    since = datetime.now(UTC) - RECENT
    if wanted.created_from is not None:
        since = max(since, wanted.created_from)
    return replace(wanted, created_from=since)


_AT: dict[str, Callable[[Filter, str], Filter]] = {
    RECENT_ONES: _recent,
    FAVOURITES: lambda wanted, _: replace(wanted, is_favourite=True),
    NOT_SHARED: lambda wanted, _: replace(wanted, is_shared=False),
    GONE: lambda wanted, _: replace(wanted, status=MISSING),
    TRASH: lambda wanted, _: replace(wanted, is_deleted=True),
    PROJECT: lambda wanted, name: replace(wanted, project=name),
    TAG: lambda wanted, name: replace(wanted, tags=(*wanted.tags, name)),
}
