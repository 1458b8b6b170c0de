"""Which words of the library someone may have meant who typed a word a little wrong."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import Engine
from sqlalchemy.orm import Session

# One typo per word from four letters on, two from eight. A typo is a letter too many, missing,
# wrong, or two neighbours swapped.
ONE_FROM, TWO_FROM = 4, 8
# The nearest so many words are looked for, and so many beginnings of longer ones.
_MOST = 12


@dataclass(slots=True)
class _Words:
    """All words of a library by their lengths, as far as they were read."""

    by_length: dict[int, list[str]] = field(default_factory=dict)
    # The beginnings of that length of all longer words.
    beginnings: dict[int, list[str]] = field(default_factory=dict)
    last: tuple[int, str] = (0, "")


# Words only ever come in addition, so that a change costs no more than reading what is new.
_known: weakref.WeakKeyDictionary[Engine, _Words] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def similar_words(session: Session, word: str) -> list[str]:
    """Return the library's words that `word` may have been meant to be, the nearest first."""
    return _similar(_lengths(word), word, _read(session).by_length) if word.isalpha() else []


def similar_beginnings(session: Session, word: str) -> list[str]:
    """Return beginnings of the library's words that `word` may have been meant to be."""
    if not word.isalpha() or len(word) < ONE_FROM:
        return []
    known = _read(session)
    lengths = {length: 1 for length in _lengths(word) if abs(length - len(word)) <= 1}
    for length in lengths:
        if length not in known.beginnings:
            longer = (words for size, words in known.by_length.items() if size > length)
            known.beginnings[length] = list({each[:length] for words in longer for each in words})
    return _similar(lengths, word, known.beginnings)


def _lengths(word: str) -> dict[int, int]:
    """Return how long the words may be that were meant, and how many typos are in `word` then.

    The longer of both counts: a word of four letters has three when one was left out. Numbers have
    no typos: 2023 is not 2024.
    """
    typos = {}
    for length in range(len(word) - 2, len(word) + 3):
        longer = max(length, len(word))
        allowed = 2 if longer >= TWO_FROM else int(longer >= ONE_FROM)
        if allowed and abs(length - len(word)) <= allowed:
            typos[length] = allowed
    return typos


def _similar(lengths: dict[int, int], word: str, choices: dict[int, list[str]]) -> list[str]:
    found: list[tuple[int, str]] = []
    for length, typos in lengths.items():
        near = process.extract(
            word, choices.get(length, []), scorer=OSA.distance, score_cutoff=typos, limit=None
        )
        found += [(int(distance), choice) for choice, distance, _ in near if distance]
    return [similar for _, similar in sorted(found)[:_MOST]]


def _read(session: Session) -> _Words:
    """Return the library's words, read as far as they are not known yet."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    run = session.connection().exec_driver_sql
    with _lock:
        known = _known.setdefault(engine, _Words())
        number, word = known.last
        if (
            number
            and run("SELECT word FROM search_words WHERE number = ?", (number,)).scalar() != word
        ):
            # Made anew, or the last ones were taken back.
            known = _known[engine] = _Words()
            number = 0
        fresh = run(
            "SELECT number, word FROM search_words WHERE number > ? ORDER BY number", (number,)
        ).all()
        if fresh:
            # A new object, since others may be looking through the lists of this one.
            by_length = {length: list(words) for length, words in known.by_length.items()}
            for row in fresh:
                by_length.setdefault(len(row[1]), []).append(row[1])
            known = _known[engine] = _Words(by_length, {}, (fresh[-1][0], fresh[-1][1]))
        return known
