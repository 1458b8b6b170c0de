"""A library of 100,000 recordings: ``make bench-library``.

Printed are the times within which 95 of 100 searches, first pages, openings and insertions are
done, beside the limits for them. Imports of modules are not counted.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path

from recorder_app.library import recordings
from recorder_app.library.database import Database
from recorder_app.library.listing import Filter, Order, page
from recorder_app.library.models import Recording
from recorder_app.library.search import search
from tests.support.library import START, fill, titles, with_typo

SEARCH_MS, PAGE_MS, OPENING_MS, INSERTION_MS = 50.0, 30.0, 150.0, 10.0
ROUNDS = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=100_000)
    count = parser.parse_args().recordings
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.sqlite"
        database = Database(path)
        started = time.perf_counter()
        with database.write() as session:
            fill(session, count)
        took = time.perf_counter() - started
        size = sum(each.stat().st_size for each in Path(folder).glob("library.sqlite*"))
        print(f"{count} recordings entered in {took:.0f} s, {size / 1e6:.0f} MB")
        database.close()
        within = [_openings(path)]
        database = Database(path)
        within += [*_searches(database), *_pages(database, count), _insertions(database)]
        database.close()
    return 0 if all(within) else 1


def _openings(path: Path) -> bool:
    def opening() -> None:
        Database(path).close()

    return _report("opening", [_ms(opening) for _ in range(20)], OPENING_MS)


def _searches(database: Database) -> Iterable[bool]:
    """Search with one to three words, right, misspelt and unfinished, and with filters."""
    chance = random.Random(5)
    some = [title.lower().split() for title in titles(2000, seed=9)]
    some = [[word for word in title if word.isascii() and word.isalpha()] for title in some]
    some = [[word for word in title if len(word) >= 4] for title in some]
    some = [title for title in some if len(title) >= 3][:ROUNDS]
    asked: dict[str, list[str]] = {}
    for number in (1, 2, 3):
        right = [chance.sample(title, number) for title in some]
        asked[f"{number} words"] = [" ".join(words) for words in right]
        wrong = [[with_typo(word, chance) for word in words] for words in right]
        asked[f"{number} words, each with a typo"] = [" ".join(words) for words in wrong]
        asked[f"{number} words, the last of 2 letters"] = [
            " ".join([*words[:-1], words[-1][:2]]) for words in right
        ]
    for length in (1, 2, 3, 4):
        asked[f"the first {length} letters"] = [title[0][:length] for title in some]
    asked["other scripts"] = ["会议", "录制", "ガイド", "หน้าจอ", "회의", "совещание", "koln"] * 8
    for name, texts in asked.items():
        yield _search(database, f"search: {name}", texts, Filter())
    for name, wanted in _filters().items():
        yield _search(database, f"search: 1 word, {name}", asked["1 words"][:15], wanted)


def _search(database: Database, name: str, texts: list[str], wanted: Filter) -> bool:
    times = []
    for text in texts:
        with database.read() as session:
            times.append(_ms(partial(search, session, text, wanted)))
    return _report(name, times, SEARCH_MS)


def _pages(database: Database, count: int) -> Iterable[bool]:
    middle = START + timedelta(minutes=23 * count / 2)
    filters = {
        "nothing": Filter(),
        **_filters(),
        "a day": Filter(created_from=middle, created_to=middle + timedelta(days=1)),
        "nobody's type": Filter(recording_type="none"),
        "nobody's destination": Filter(destination="none"),
        "nobody's tag": Filter(tags=("none",)),
        "the shortest": Filter(longest_s=3),
        "all at once": Filter(
            project="Account Call",
            tags=("workshop",),
            recording_type="webcam",
            status="missing",
            shortest_s=10,
            is_favourite=True,
            destination="drive",
        ),
    }
    for name, wanted in filters.items():
        times = []
        for order in list(Order) * 6:
            with database.read() as session:
                times.append(_ms(partial(page, session, wanted, order=order)))
        yield _report(f"first page: {name}", times, PAGE_MS)


def _filters() -> dict[str, Filter]:
    return {
        "project": Filter(project="Account Call"),
        "tag": Filter(tags=("workshop",)),
        "two tags": Filter(tags=("workshop", "video")),
        "type": Filter(recording_type="webcam"),
        "status": Filter(status="missing"),
        "first year": Filter(created_to=START + timedelta(days=365)),
        "five minutes or more": Filter(shortest_s=300),
        "favourites": Filter(is_favourite=True),
        "destination": Filter(destination="drive"),
        "trash": Filter(is_deleted=True),
    }


def _insertions(database: Database) -> bool:
    def insert(row: Recording) -> None:
        with database.write() as session:
            recordings.add(session, row, ("workshop",))

    times = []
    for number, title in enumerate(titles(100, seed=11)):
        row = Recording(title=title, recording_type="screen", path=f"/new/{number}")
        times.append(_ms(partial(insert, row)))
    return _report("insertion", times, INSERTION_MS)


def _ms(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def _report(name: str, times: list[float], limit: float) -> bool:
    ordered = sorted(times)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    verdict = "" if p95 <= limit else "  TOO SLOW"
    print(
        f"{name:<38} p95 {p95:6.1f} ms (at most {limit:.0f}), median"
        f" {ordered[len(ordered) // 2]:6.1f}, most {ordered[-1]:6.1f}{verdict}",
        flush=True,
    )
    return p95 <= limit


if __name__ == "__main__":
    sys.exit(main())
