"""What to show of a recording that was found: short texts, and where the words are in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from recorder_app.library.models import Annotation, Transcript
from recorder_app.library.words import fold, located_words

# Letters shown before the first word that was found, and all in all.
_BEFORE, _SHOWN = 40, 160
_CUT = "…"
# Long texts are looked through in parts of so many letters.
_PART = re.compile(r".{1,400}(?:\s|$)|.{1,400}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Highlight:
    """A text, or a piece of one, and the ranges of letters in it that were asked for."""

    text: str
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What was looked for: folded words, beginnings of words, and runs of single characters."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]
    runs: tuple[tuple[str, ...], ...]

    def may_be_in(self, folded: str) -> bool:
        """Return whether a closer look at a text is worth it; never wrong when it says no."""
        return (
            any(word in folded for word in self.whole)
            or any(word in folded for word in self.beginnings)
            or any(run[0] in folded for run in self.runs)
        )

    def ranges(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where in `text` they are, from left to right."""
        found = list(located_words(text))
        done = 0
        for place, (word, start, end) in enumerate(found):
            if place < done:
                continue
            for run in self.runs:
                if tuple(each[0] for each in found[place : place + len(run)]) == run:
                    done = place + len(run)
                    yield start, found[done - 1][2]
                    break
            else:
                beginning = max(
                    (len(each) for each in self.beginnings if word.startswith(each)), default=0
                )
                if word in self.whole or (beginning and end - start != len(word)):
                    yield start, end
                elif beginning:
                    yield start, start + beginning


class Shown(NamedTuple):
    """The texts of a recording that are in its own row or beside it."""

    id: str
    title: str
    description: str
    project: str | None
    tags: Sequence[str]


def highlighted(
    session: Session, rows: Sequence[Shown], terms: Terms
) -> list[dict[str, Highlight]]:
    """Return for each of `rows` what to show of it by field, where its words are."""
    ids = [row.id for row in rows]
    notes, spoken = _texts(session, Annotation, ids), _texts(session, Transcript, ids)
    shown = []
    for row in rows:
        texts: dict[str, Sequence[str]] = {
            "title": [row.title],
            "tags": row.tags,
            "project": [row.project] if row.project else [],
            "description": [row.description],
            "annotations": notes.get(row.id, []),
            "transcript": spoken.get(row.id, []),
        }
        shown.append({name: each for name, of in texts.items() if (each := _first(of, terms))})
    return shown


def _texts(
    session: Session, kind: type[Annotation] | type[Transcript], ids: list[str]
) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    rows = session.execute(select(kind.recording_id, kind.text).where(kind.recording_id.in_(ids)))
    for recording_id, text in rows:
        texts.setdefault(recording_id, []).append(text)
    return texts


def _first(texts: Sequence[str], terms: Terms) -> Highlight | None:
    """Return the first place of the first of `texts` that has something asked for."""
    for text in texts:
        for part in _PART.finditer(text):
            if terms.may_be_in(fold(part.group())):
                first = next(terms.ranges(part.group()), None)
                if first is not None:
                    return _cut(text, part.start() + first[0], terms)
    return None


def _cut(text: str, first: int, terms: Terms) -> Highlight:
    """Return so much of `text` around its letter `first` as can be shown."""
    start, end = 0, len(text)
    if len(text) > _SHOWN:
        # A few letters back to where a word begins.
        start = max(0, first - _BEFORE)
        gap = text.find(" ", start, first) if start else -1
        start = gap + 1 if gap >= 0 else start
        end = min(len(text), start + _SHOWN)
    piece = text[start:end]
    shown = f"{_CUT if start else ''}{piece}{_CUT if end < len(text) else ''}"
    return Highlight(shown, tuple(terms.ranges(shown)))
