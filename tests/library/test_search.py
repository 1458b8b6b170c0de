"""Searching as people type: words, beginnings, typos, scripts, filters, orders."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from recorder_app.library import recordings
from recorder_app.library.database import Database
from recorder_app.library.listing import Filter, Order
from recorder_app.library.models import Annotation, Project, Recording, Tag, Transcript
from recorder_app.library.search import Found, search, search_ids
from recorder_app.library.search_index import rebuild
from tests.support.library import fill, titles, with_typo

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "library.sqlite")
    yield database
    database.close()


def enter(library: Database, *titles: str, tags: tuple[str, ...] = (), **columns: Any) -> str:
    """Enter recordings, each a minute newer than the one before; return the last one's id."""
    with library.write() as session:
        for number, title in enumerate(titles):
            values = {"recording_type": "screen", "path": "/x.webm", "created_at": NOON}
            values |= {"created_at": NOON + timedelta(minutes=number)} | columns
            row = recordings.add(session, Recording(title=title, **values), tags)
        return row.id


def find(library: Database, text: str, wanted: Filter | None = None, **more: Any) -> Found:
    with library.read() as session:
        return search(session, text, wanted, **more)


def found(library: Database, text: str, wanted: Filter | None = None, **more: Any) -> list[str]:
    page = find(library, text, wanted, **more)
    assert page.total >= len(page.hits)
    return [hit.recording.title for hit in page.hits]


def test_titles_with_typos_are_among_the_first_five(library: Database) -> None:
    with library.write() as session:
        fill(session, 3000)
        some = list(titles(3000, seed=7))[::15]
        for number, title in enumerate(some):
            created = NOON - timedelta(hours=random.Random(number).randrange(50_000))
            row = Recording(title=title, recording_type="screen", path="/x", created_at=created)
            session.add(row)
    chance = random.Random(3)
    asked = []
    for title in some:
        words = title.split()
        for place, word in enumerate(words):
            if word.isalpha() and word.isascii() and len(word) >= 4 and chance.random() < 0.6:
                wrong = with_typo(word, chance)
                words[place] = with_typo(wrong, chance) if len(word) >= 9 else wrong
        asked.append(" ".join(words))
    assert len(asked) == 200
    missed = [
        (wrong, title)
        for wrong, title in zip(asked, some, strict=True)
        if title not in found(library, wrong, limit=5)
    ]
    assert len(missed) <= 4, missed
    for title in some:
        assert found(library, title, limit=1) == [title]


def test_what_was_typed_comes_before_what_was_meant(library: Database) -> None:
    enter(library, "form", "the form", "formation", "from", "a form again", "firm", "unlike")
    assert found(library, "form")[:4] == ["form", "a form again", "the form", "formation"]
    assert set(found(library, "form")[4:]) == {"from", "firm"}


def test_titles_come_before_descriptions_before_speech_and_then_the_newest(
    library: Database,
) -> None:
    spoken = enter(library, "spoken")
    with library.write() as session:
        session.add(Transcript(recording_id=spoken, text="and then the budget came"))
    enter(library, "described", description="about the budget")
    enter(library, "tagged", tags=("budget",))
    enter(library, "budget of old", "budget of now")
    wanted = ["budget of now", "budget of old", "tagged", "described", "spoken"]
    assert found(library, "budget") == wanted


def test_the_last_word_may_be_unfinished_and_all_must_be_there(library: Database) -> None:
    enter(library, "Quarterly budget review", "Budget review", "Quarterly report")
    assert found(library, "quarterly rev") == ["Quarterly budget review"]
    assert found(library, "REVIEW quart") == ["Quarterly budget review"]
    assert found(library, "q") == ["Quarterly report", "Quarterly budget review"]
    assert found(library, "quaterly bugdet") == ["Quarterly budget review"]
    assert found(library, "qaurt") == ["Quarterly report", "Quarterly budget review"]


def test_short_words_and_numbers_have_no_typos(library: Database) -> None:
    enter(library, "cat", "plan 2024")
    assert found(library, "cst") == []
    assert found(library, "plan 2023") == []
    assert found(library, "plam 2024") == ["plan 2024"]


SCRIPTS = [
    ("Übersicht der Straße in Köln", "ubersicht strasse koln"),
    ("Zażółć gęślą jaźń", "zazolc gesla"),
    ("Smørrebrød på Ærø", "smorrebrod aero"),
    ("Cafe\u0301 con leche", "café"),
    ("Ｗｉｄｅ letters", "wide"),
    ("İstanbul toplantısı", "istanbul toplantisi"),
    ("Совещание о записи", "совещ"),
    ("Παρουσίαση της οθόνης", "ΠΑΡΟΥΣΙΑΣΗ οθονης"),
    ("تَسْجِيل الشاشة", "تسجيل"),
    ("הקלטת מסך", "מסך"),
    ("屏幕录制会议纪要", "会议"),
    ("画面録画の使い方ガイド", "使い方"),
    ("회의 화면 녹화", "녹화"),
    ("การบันทึกหน้าจอประชุม", "หน้าจอ"),
    ("हिन्दी स्क्रीन रिकॉर्डिंग", "रिकॉर्डिंग"),
    ("Party 🎉 movie 🎬", "🎬"),
]


@pytest.mark.parametrize(("title", "asked"), SCRIPTS)
def test_any_script_is_found_and_marked(library: Database, title: str, asked: str) -> None:
    enter(library, *(each for each, _ in SCRIPTS))
    hit = find(library, asked).hits[0]
    assert hit.recording.title == title
    shown = hit.highlights["title"]
    assert shown.text == title
    assert len(shown.ranges) == len(asked.split())


HOSTILE = [
    "\"quoted\" 'title' `here`",
    "'; DROP TABLE recordings; --",
    "title: (one OR two) NOT three* ^four NEAR(five, 6)",
    "%_\\ wildcards",
    "🏳️‍🌈👩‍💻 pride",
    "\u202eright to left\u202c \u200fשלום",
    "line\nbreak\ttab \x1b[31mred\x00null",
    "word " * 2000,
    "x" * 10_000,
    "*** !!! ***",
]


def test_hostile_titles_are_stored_found_and_shown(library: Database) -> None:
    enter(library, *HOSTILE)
    for title in HOSTILE:
        assert title in found(library, title), title[:50]
    assert found(library, "drop table") == ["'; DROP TABLE recordings; --"]
    assert found(library, "xxxx") == ["x" * 10_000]


@pytest.mark.parametrize(
    "text",
    ['"', '""', "(", ")(", "*", "a AND", "NOT", "NEAR(", "title:", "-x", "^", "a*b", "\x00",
     "\ud800", "'", "{title}: x", "+", "\\", "a " * 5000, "ä\u0301" * 500, "字" * 500],
)  # fmt: skip
def test_any_text_is_safe_to_ask(library: Database, text: str) -> None:
    enter(library, "nothing of the kind")
    find(library, text)


def test_no_words_are_a_plain_listing(library: Database) -> None:
    enter(library, "b", "a", "c")
    assert found(library, "") == ["c", "a", "b"]
    assert found(library, "  ", order=Order.TITLE, limit=2) == ["a", "b"]
    assert find(library, "", limit=1).total == 3


def test_the_index_follows_every_change(library: Database) -> None:
    one = enter(library, "first")

    def holds(*texts: str) -> None:
        assert [text for text in texts if found(library, text) != ["first"]] == []

    with library.write() as session:
        row = session.get_one(Recording, one)
        recordings.change(session, row, description="alpha", tags=["bravo"], project="charlie")
        session.add(Annotation(recording_id=one, text="delta"))
        session.add(Transcript(recording_id=one, text="echoes"))
    holds("alpha", "bravo", "charlie", "delta", "echoes", "alpha echoes bravo")
    with library.write() as session:
        # Past the objects, as a script would.
        session.execute(update(Project).values(name="foxtrot"))
        session.execute(update(Tag).values(name="golf"))
        session.execute(update(Annotation).values(text="hotel"))
        session.execute(update(Transcript).values(text="india"))
    holds("foxtrot", "golf", "hotel", "india")
    assert [found(library, old) for old in ("charlie", "bravo", "delta", "echoes")] == [[]] * 4
    with library.write() as session:
        for kind in (Project, Tag, Annotation, Transcript):
            session.execute(delete(kind))
    assert [found(library, old) for old in ("foxtrot", "golf", "hotel", "india")] == [[]] * 4
    with library.write() as session:
        recordings.delete(session, session.get_one(Recording, one))
    assert found(library, "first") == []
    assert found(library, "first", Filter(is_deleted=True)) == ["first"]
    with library.write() as session:
        recordings.restore(session, session.get_one(Recording, one))
    holds("first")
    with library.write() as session:
        rebuild(session)
    holds("first", "alpha")
    with library.write() as session:
        session.execute(delete(Recording))
    assert found(library, "first") == []


def test_what_is_taken_back_is_not_found(library: Database) -> None:
    enter(library, "kept")
    with contextlib.suppress(RuntimeError), library.write() as session:
        session.add(Recording(title="dropped", recording_type="screen", path="/x"))
        session.flush()
        raise RuntimeError
    assert found(library, "dropped") == []
    enter(library, "dropping")
    assert found(library, "droping") == ["dropping"]


def test_changes_of_other_programs_are_found_after_opening(tmp_path: Path) -> None:
    import sqlite3

    library = Database(tmp_path / "library.sqlite")
    enter(library, "before")
    library.close()
    other = sqlite3.connect(tmp_path / "library.sqlite")
    other.execute("UPDATE recordings SET title = 'afterwards'")
    other.commit()
    other.close()
    library = Database(tmp_path / "library.sqlite")
    assert found(library, "afterwards") == ["afterwards"]
    library.close()


def test_recordings_of_one_moment_are_all_found(library: Database) -> None:
    enter(library, *(f"same {number}" for number in range(300)), created_at=NOON)
    assert find(library, "same").total == 300


FILTERS = [
    Filter(project="Account Call"),
    Filter(tags=("workshop",)),
    Filter(tags=("workshop", "video")),
    Filter(recording_type="webcam"),
    Filter(status="missing"),
    Filter(created_from=datetime(2021, 3, 20, tzinfo=UTC)),
    Filter(created_to=datetime(2021, 3, 20, tzinfo=UTC)),
    Filter(shortest_s=300),
    Filter(longest_s=100.5),
    Filter(is_favourite=True),
    Filter(is_favourite=False),
    Filter(destination="drive"),
    Filter(is_deleted=True),
    Filter(project="nowhere"),
    Filter(tags=("workshop",), recording_type="screen", longest_s=500),
]


def wants(wanted: Filter, row: Recording) -> bool:
    """Say in plain Python what a filter means."""
    return (
        (row.deleted_at is not None) == wanted.is_deleted
        and wanted.project in (None, row.project.name if row.project else "")
        and {tag.name for tag in row.tags}.issuperset(wanted.tags)
        and wanted.recording_type in (None, row.recording_type)
        and wanted.status in (None, row.status)
        and (wanted.created_from is None or row.created_at >= wanted.created_from)
        and (wanted.created_to is None or row.created_at < wanted.created_to)
        and (wanted.shortest_s is None or row.duration_s >= wanted.shortest_s)
        and (wanted.longest_s is None or row.duration_s <= wanted.longest_s)
        and wanted.is_favourite in (None, row.is_favourite)
        and (wanted.destination is None or wanted.destination in row.share_links)
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(tmp_path_factory.mktemp("library") / "library.sqlite")
    with database.write() as session:
        fill(session, 3000)
    yield database
    database.close()


@pytest.mark.parametrize("text", ["", "review", "r"])
def test_filters_orders_and_pages_agree(filled: Database, text: str) -> None:
    keys: dict[Order, Any] = {
        Order.DATE: lambda row: -row.created_at.timestamp(),
        Order.TITLE: lambda row: row.title,
        Order.LENGTH: lambda row: -row.duration_s,
        Order.SIZE: lambda row: -row.file_size,
    }
    with filled.read() as session:
        rows = session.scalars(select(Recording)).all()
        sides = {
            side: {hit.recording.id for hit in search(
                session, text, Filter(is_deleted=side), limit=5000
            ).hits}
            for side in (False, True)
        }  # fmt: skip
        for wanted in FILTERS:
            some = [
                row for row in rows if wants(wanted, row) and row.id in sides[wanted.is_deleted]
            ]
            best = search(session, text, wanted, limit=40)
            assert best.total == len(some), wanted
            assert {hit.recording.id for hit in best.hits} <= {row.id for row in some}
            for order in Order:
                page = search(session, text, wanted, order=order, limit=40)
                assert page.total == len(some), (wanted, order)
                got = [keys[order](hit.recording) for hit in page.hits]
                assert got == sorted(keys[order](row) for row in some)[:40], (wanted, order)
                second = search(session, text, wanted, order=order, limit=7, offset=7)
                assert second.hits == page.hits[7:14]
                every = search_ids(session, text, wanted, order=order)
                assert every.total == len(every.ids) == len(some), (wanted, order)
                assert every.ids[:40] == [hit.recording.id for hit in page.hits], (wanted, order)


def test_signs_without_words_are_found_in_titles_and_marked(library: Database) -> None:
    enter(library, "plain", "before → after", "→ and →")
    hits = find(library, "→").hits
    assert [hit.recording.title for hit in hits] == ["→ and →", "before → after"]
    assert [hit.highlights["title"].ranges for hit in hits] == [((0, 1),), ((7, 8),)]


def test_long_texts_are_cut_around_the_words(library: Database) -> None:
    one = enter(library, "long")
    with library.write() as session:
        text = "filler " * 3000 + "the Nadel here " + "filler " * 3000
        session.add(Transcript(recording_id=one, text=text))
    shown = find(library, "nadel").hits[0].highlights["transcript"]
    assert len(shown.text) < 200
    assert [shown.text[start:end] for start, end in shown.ranges] == ["Nadel"]


def test_what_changes_changes_what_the_filters_let_through(library: Database) -> None:
    one = enter(library, "Demo", status="completed", duration_s=10)
    changes: list[tuple[dict[str, Any], Filter]] = [
        ({"status": "missing"}, Filter(status="missing")),
        ({"duration_s": 99.5}, Filter(shortest_s=99, longest_s=100)),
        ({"is_favourite": True}, Filter(is_favourite=True)),
        ({"share_links": {"b2": "https://x"}}, Filter(destination="b2")),
        ({"recording_type": "window"}, Filter(recording_type="window")),
        ({"created_at": NOON - timedelta(days=900)}, Filter(created_to=NOON - timedelta(days=800))),
    ]
    for values, wanted in changes:
        assert found(library, "demo", wanted) == []
        with library.write() as session:
            session.execute(update(Recording).where(Recording.id == one).values(**values))
        assert found(library, "demo", wanted) == ["Demo"], wanted
    for named in (Filter(tags=("Über-Tag 会议",)), Filter(project='"Q3" — plan')):
        assert found(library, "demo", named) == []
    with library.write() as session:
        row = recordings.get(session, one)
        recordings.change(session, row, tags=["Über-Tag 会议"], project='"Q3" — plan')
    assert found(library, "dem", Filter(tags=("Über-Tag 会议",), project='"Q3" — plan')) == ["Demo"]
    assert found(library, "dem", Filter(tags=("uber-tag 会议",))) == []
