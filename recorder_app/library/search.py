"""Searching the library as people type: several words, the last one unfinished, some misspelt.

A recording is found when it has all the words, in whichever of its texts. What comes first: a title
that is just what was typed, then all words in the title, then in title, tags and project, then also
in description and annotations, then also in the transcript; among equals the newest. Recordings
that have the words only with typos come after those, the most similar titles first, and only when
there are few of the others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz.distance import OSA
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    TableValuedAlias,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.orm import Session

from recorder_app.library import listing
from recorder_app.library.highlights import Highlight, Shown, Terms, highlighted
from recorder_app.library.listing import FEW, Filter, Order, in_one, in_order, ordered
from recorder_app.library.models import Recording, UtcTime
from recorder_app.library.search_index import FIELDS, title_key
from recorder_app.library.typos import similar_beginnings, similar_words
from recorder_app.library.words import asked_words, is_single, words

# With so many that have the words as they were typed nobody misses those with typos.
_ENOUGH = 20
# So many of those with typos are sorted by how similar their titles are.
_SORTED = 500
# Nobody types more; a pasted page would take seconds.
_MOST_WORDS = 12

# What all words are looked for in, the best first: title; tags and project too; what was written
# about it too; what was said in it too.
_TIERS = (FIELDS[:1], FIELDS[:3], FIELDS[:5], FIELDS)

# The columns of recordings are called as they are there, so that a Filter fits.
_rows = Table(
    "search_rows",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("recording_id", String, key="id"),
    Column("title_key", String),
    Column("created_at", UtcTime),
    Column("duration_s", Float),
    Column("recording_type", String),
    Column("status", String),
    Column("is_favourite", Boolean),
    Column("project_id", String),
    Column("share_links", JSON),
).c
_IS_ROW = Recording.id == _rows.id
_index = table("search_index", column("rowid", Integer))
# The plus keeps SQLite from asking the index once for each row.
_IS_MATCH = _rows.number == literal_column("+search_index.rowid", Integer)


@dataclass(frozen=True, slots=True)
class Hit:
    """A recording that was found, and where: by field, what is to be shown of it."""

    recording: Recording
    highlights: dict[str, Highlight] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, and how many there are on all pages."""

    hits: list[Hit]
    total: int


@dataclass(frozen=True, slots=True)
class FoundIds:
    """The ids of hits in their order, how many there are in all, and what to mark in them.

    `piece` is what is looked for in titles as it stands where it has no words.
    """

    ids: list[str]
    total: int
    terms: Terms | None = None
    piece: str = ""

    def marked(self, session: Session, rows: Sequence[Shown]) -> list[dict[str, Highlight]]:
        """Return for each of `rows` where in its texts is what was looked for."""
        if self.piece:
            return [_piece_in(row.title, self.piece) for row in rows]
        if self.terms is None:
            return [{} for _ in rows]
        return highlighted(session, rows, self.terms)


@dataclass(frozen=True, slots=True)
class _Word:
    """What may stand for one word of the question: words, and beginnings of words."""

    whole: tuple[str, ...]
    beginnings: tuple[str, ...] = ()

    def expression(self) -> str:
        """Return it in FTS5's language. Quotes cannot occur in words."""
        either = [f'"{each}"' for each in self.whole] + [f'"{each}"*' for each in self.beginnings]
        return f"({' OR '.join(either)})"


def search(
    session: Session,
    text: str,
    wanted: Filter | None = None,
    *,
    order: Order | None = None,
    is_reversed: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Found:
    """Return hits `offset` to `offset` + `limit` of those with the words of `text`.

    Without an order the best come first. No words at all is a plain listing. Any text is safe.
    """
    found = search_ids(
        session, text, wanted, order=order, is_reversed=is_reversed, limit=limit, offset=offset
    )
    rows = listing.with_ids(session, found.ids)
    marks = found.marked(session, [_shown(row) for row in rows])
    return Found([Hit(*each) for each in zip(rows, marks, strict=True)], found.total)


def search_ids(
    session: Session,
    text: str,
    wanted: Filter | None = None,
    *,
    order: Order | None = None,
    is_reversed: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> FoundIds:
    """Return the ids of what `search` finds, without a limit of all of it.

    All of 100,000 take up to half a second.
    """
    wanted = wanted or Filter()
    text = _valid(text)
    by = _By(order, is_reversed)
    if not text.strip():
        ids = listing.page_ids(
            session,
            wanted,
            order or Order.DATE,
            is_reversed=is_reversed,
            limit=limit,
            offset=offset,
        )
        return FoundIds(ids, len(ids) if limit is None else listing.count(session, wanted))
    asked = asked_words(text)[:_MOST_WORDS]
    if not asked:
        return _without_words(session, text.strip(), wanted, by, limit, offset)
    answer = _Answer(session, asked, wanted)
    most = max(answer.total, 1) if limit is None else offset + limit
    numbers = answer.numbers(by, most)[offset:]
    return FoundIds(_ids(session, numbers), answer.total, _terms(answer.meant))


def _valid(text: str) -> str:
    # Half characters, as broken file names have them, cannot be asked for.
    return text.encode(errors="replace").decode()


@dataclass(frozen=True, slots=True)
class _By:
    """How hits are sorted; without an order the best come first."""

    order: Order | None
    is_reversed: bool


class _Answer:
    """What is found for words: how many, and in which order."""

    def __init__(self, session: Session, asked: list[tuple[str, ...]], wanted: Filter) -> None:
        self._query = _Query(session, wanted)
        self._asked = asked
        self._typed = self.meant = _typed(asked)
        self.total = self._query.count(_all(self._typed))
        if self.total < _ENOUGH:
            self.meant = _with_typos(session, self._typed)
            if self.meant != self._typed:
                self.total = self._query.count(_all(self.meant))

    def numbers(self, by: _By, most: int) -> list[int]:
        """Return the numbers of the first rows."""
        if by.order is None:
            return _best(self._query, self._asked, self._typed, self.meant, most)
        return self._query.sorted(_all(self.meant), by.order, most, is_reversed=by.is_reversed)


class _Query:
    """What FTS5 is asked, for the recordings of one filter."""

    def __init__(self, session: Session, wanted: Filter) -> None:
        self._session = session
        self._wanted = wanted
        # A number's sign says whether the recording is deleted; looking it up costs far more.
        self._side = _index.c.rowid < 0 if wanted.is_deleted else _index.c.rowid > 0
        self._narrowing = wanted.narrowing(_rows)
        # What the index can tell, too, it tells much faster, though only by words.
        named = [("tags", name) for name in wanted.tags]
        if wanted.project is not None:
            named.append(("project", wanted.project))
        told = [(field, " ".join(words(name))) for field, name in named]
        self._also = "".join(f' AND {{{field}}} : "{phrase}"' for field, phrase in told if phrase)

    def count(self, expression: str) -> int:
        """Return how many match."""
        asked = self._asked(select(func.count()), expression)
        return int(self._session.scalar(asked) or 0)

    def newest(
        self, expression: str, most: int | None = None, *, is_reversed: bool = False
    ) -> list[int]:
        """Return the numbers of the newest rows, or of the oldest."""
        goes_up = self._wanted.is_deleted != is_reversed
        by_age = _index.c.rowid if goes_up else _index.c.rowid.desc()
        asked = self._asked(select(_index.c.rowid), expression)
        found = in_one(self._session, asked.order_by(by_age).limit(most))
        return [int(number) for number in found]

    def _asked(self, query: Select[Any], expression: str) -> Select[Any]:
        expression = f"({expression}){self._also}"
        query = query.select_from(_index).where(_matches(expression), self._side)
        if self._narrowing:
            query = query.join(_rows.number.table, _IS_MATCH).where(*self._narrowing)
        return query

    def titled(self, key: str) -> list[int]:
        """Return the numbers of the rows with just that title, the newest first."""
        is_there = _rows.number < 0 if self._wanted.is_deleted else _rows.number > 0
        asked = select(_rows.number).where(_rows.title_key == key, is_there, *self._narrowing)
        by_age = _rows.number if self._wanted.is_deleted else _rows.number.desc()
        return list(self._session.scalars(asked.order_by(by_age)))

    def most_similar(self, numbers: list[int], key: str) -> list[int]:
        """Return `numbers` by how similar their titles are to `key`, then as they were."""
        asked = select(_rows.number, _rows.title_key).where(_rows.number.in_(numbers))
        titles: dict[int, str] = {number: key for number, key in self._session.execute(asked)}
        return sorted(numbers, key=lambda number: OSA.distance(key, titles[number]))

    def sorted(
        self, expression: str, order: Order, most: int, *, is_reversed: bool = False
    ) -> list[int]:
        """Return the numbers of the first rows in that order, or from its end."""
        if order is Order.DATE:
            return self.newest(expression, most, is_reversed=is_reversed)
        numbers = self.newest(expression)
        listed = _listed(numbers)
        asked = select(_rows.number).join(Recording, _IS_ROW)
        asked = asked.where(_rows.number.in_(select(listed.c.value)))
        if len(numbers) <= FEW:
            asked = ordered(asked, order, is_reversed=is_reversed)
        else:
            # So many that walking through all recordings in their order soon finds enough.
            asked = asked.where(*self._wanted.conditions())
            asked = in_order(asked, self._wanted, order, is_reversed=is_reversed)
        return [int(number) for number in in_one(self._session, asked.limit(most))]


def _matches(expression: str) -> ColumnElement[bool]:
    return literal_column("search_index").op("MATCH")(bindparam(None, expression, String))


def _best(
    query: _Query, asked: list[tuple[str, ...]], typed: list[_Word], meant: list[_Word], most: int
) -> list[int]:
    """Return the numbers of the best rows, the best first."""
    key = title_key([word for run in asked for word in run])
    best = dict.fromkeys(query.titled(key))
    whole = [_Word(word.whole) for word in typed]
    for fields, looked_for in ((FIELDS[:1], whole), *((fields, typed) for fields in _TIERS)):
        if len(best) >= most:
            return list(best)[:most]
        best |= dict.fromkeys(query.newest(_all(looked_for, fields), most))
    if meant == typed or len(best) >= most:
        return list(best)[:most]
    # Two tiers only: each of these questions costs as much as all of the typed ones.
    for fields in (_TIERS[0], FIELDS):
        found = query.newest(_all(meant, fields), max(most, _SORTED))
        if fields is _TIERS[0]:
            found = query.most_similar(found[:_SORTED], key) + found[_SORTED:]
        best |= dict.fromkeys(found)
        if len(best) >= most:
            break
    return list(best)[:most]


def _typed(asked: list[tuple[str, ...]]) -> list[_Word]:
    """Return the words as they were typed; the last one may go on."""
    typed = [_Word((" ".join(run),)) for run in asked]
    if not is_single(asked[-1][-1]):
        typed[-1] = _Word(typed[-1].whole, typed[-1].whole)
    return typed


def _with_typos(session: Session, typed: list[_Word]) -> list[_Word]:
    meant = []
    for word in typed:
        similar = similar_words(session, word.whole[0])
        beginnings = word.beginnings
        if beginnings:
            beginnings += tuple(similar or similar_beginnings(session, word.whole[0]))
        meant.append(_Word((*word.whole, *similar), beginnings))
    return meant


def _all(words: list[_Word], fields: tuple[str, ...] = ()) -> str:
    """Return FTS5's expression for all of `words`, each in any of `fields`."""
    expression = " AND ".join(word.expression() for word in words)
    return f"{{{' '.join(fields)}}} : ({expression})" if fields else expression


def _terms(words: list[_Word]) -> Terms:
    whole = [each for word in words for each in word.whole]
    return Terms(
        frozenset(each for each in whole if " " not in each),
        tuple(each for word in words for each in word.beginnings),
        tuple(tuple(each.split()) for each in whole if " " in each),
    )


def _ids(session: Session, numbers: list[int]) -> list[str]:
    """Return the recordings' ids of `numbers` in the same order."""
    listed = _listed(numbers)
    asked = select(_rows.id).where(_rows.number == listed.c.value)
    return in_one(session, asked.order_by(listed.c.key))


def _listed(numbers: list[int]) -> TableValuedAlias:
    """Return numbers as a table: their places are `key`, they are `value`."""
    return func.json_each(json.dumps(numbers)).table_valued("key", "value")


def _shown(row: Recording) -> Shown:
    project = None if row.project is None else row.project.name
    return Shown(row.id, row.title, row.description, project, [tag.name for tag in row.tags])


def _without_words(
    session: Session, text: str, wanted: Filter, by: _By, limit: int | None, offset: int
) -> FoundIds:
    """Return recordings with such a piece in their titles; all titles are looked through."""
    conditions = [*wanted.conditions(), func.instr(Recording.title, text) > 0]
    total = session.scalar(select(func.count()).select_from(Recording).where(*conditions))
    asked = select(Recording.id).where(*conditions)
    asked = ordered(asked, by.order or Order.DATE, is_reversed=by.is_reversed)
    ids = in_one(session, asked.limit(limit).offset(offset))
    return FoundIds(ids, int(total or 0), piece=text)


def _piece_in(title: str, piece: str) -> dict[str, Highlight]:
    start = title.find(piece)
    if start < 0:
        return {}
    return {"title": Highlight(title, ((start, start + len(piece)),))}
