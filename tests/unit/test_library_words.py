"""What people read of times, work in the background, and a recording's history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from recorder_app.services.activity_entries import Activity, Unit
from recorder_app.services.details import AuditLine, TakeEntry, TrackEntry
from recorder_app.services.editing import StepEntry
from recorder_app.services.links import AudienceEntry
from recorder_app.services.uploads import UploadEntry
from recorder_app.ui.library import detail_words, words

NOW = datetime(2026, 11, 21, 12, 30).astimezone()

JOB = Activity(
    id="1",
    kind="export",
    state="running",
    recording_id="2",
    title="Demo",
    target="web",
    progress=0.62,
    amount=60.0,
    unit=Unit.SECONDS,
    is_stopping=False,
    can_pause=False,
    can_retry=True,
    error=None,
    run_after=NOW,
    updated_at=NOW,
    result_id=None,
    result_path=None,
)
COPY = UploadEntry(
    id="1",
    recording_id="2",
    short_id="2",
    title="Demo",
    destination="work",
    state="linked",
    link="https://example.org/demo",
    is_signed=False,
    job_id="3",
    job_state="running",
    progress=0.62,
    size_bytes=100,
    sent_bytes=62,
    error=None,
    run_after=None,
    links_end_at=None,
    created_at=NOW,
)


def job(**changes: Any) -> Activity:
    return msgspec.structs.replace(JOB, **changes)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 11, 21, 10, 4), "today 10:04"),
        (datetime(2026, 11, 21, 0, 0), "today 00:00"),
        (datetime(2026, 11, 20, 23, 59), "yesterday 23:59"),
        (datetime(2026, 11, 22, 1, 0), "tomorrow 01:00"),
        (datetime(2026, 11, 12, 10, 4), "12 Nov 10:04"),
        (datetime(2025, 12, 31, 10, 4), "31 Dec 2025"),
    ],
)
def test_when(at: datetime, text: str) -> None:
    assert words.when_text(at.astimezone(), NOW) == text
    assert words.when_text(at.astimezone(UTC), NOW) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00 left"),
        (8.4, "0:08 left"),
        (754, "12:34 left"),
        (3723, "1:02:03 left"),
        (-1, "0:00 left"),
        (86400, "more than a day left"),
    ],
)
def test_time_left(seconds: float, text: str) -> None:
    assert words.left_text(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.62, "62 %"), (0.9999, "99 %"), (1.0, "100 %"), (0.29, "29 %")],
)
def test_percent_is_whole_only_at_the_end(share: float, text: str) -> None:
    assert words.percent_text(share) == text


@pytest.mark.parametrize(
    ("unit", "speed", "text"),
    [
        (Unit.BYTES, 3_200_000.0, "3.2 MB/s"),
        (Unit.BYTES, None, ""),
        (Unit.BYTES, 0.0, ""),
        (Unit.SECONDS, 2.44, "2.4× real time"),
        (Unit.SECONDS, 23.6, "24× real time"),
        (Unit.SECONDS, 0.001, ""),
        (Unit.NONE, 0.5, ""),
    ],
)
def test_speed(unit: Unit, speed: float | None, text: str) -> None:
    assert words.speed_text(unit, speed) == text


def test_one_line_for_what_goes_on() -> None:
    assert words.summary_text(JOB, 2.85, 0) == "Exporting “Demo” 62 % · 0:08 left"
    assert words.summary_text(JOB, None, 2) == "Exporting “Demo” 62 % · 2 more"
    waiting = job(state="queued", progress=0.0)
    assert words.summary_text(waiting, None, 0) == "Export of “Demo” Waiting"


def test_progress_of_jobs() -> None:
    assert words.progress_text(JOB, 2.85) == "0:37 of 1:00 · 2.9× real time · 0:08 left"
    sent = job(kind="upload", unit=Unit.BYTES, amount=80_000_000.0, progress=0.15)
    assert words.progress_text(sent, 3_200_000) == "12 MB of 80 MB · 3.2 MB/s · 0:21 left"
    unknown = job(kind="poster", unit=Unit.NONE, amount=0.0, progress=0.5)
    assert words.progress_text(unknown, 0.1) == "0:05 left"
    assert words.progress_text(unknown, None) == ""


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "62 %"),
        ({"is_stopping": True}, "Stopping"),
        ({"state": "queued"}, "Waiting"),
        (
            {"state": "queued", "error": {"message": "No."}, "run_after": NOW + timedelta(hours=1)},
            "Again today 13:30",
        ),
        ({"state": "paused"}, "Paused"),
        ({"state": "failed"}, "Failed"),
        ({"state": "done"}, "Done · today 12:30"),
        ({"state": "of a newer version"}, "Waiting"),
    ],
)
def test_states_of_jobs(changes: dict[str, Any], text: str) -> None:
    assert words.job_state(job(**changes), NOW) == text


@pytest.mark.parametrize(
    "kind",
    [
        *("upload", "export", "poster", "strip", "waveform", "checksum"),
        *("remote-delete", "follow", "align", "of a newer version"),
    ],
)
def test_every_kind_of_work_has_words(kind: str) -> None:
    running, waiting = job(kind=kind), job(kind=kind, state="queued", title="", target="")
    for text in (words.job_title(running), words.job_title(waiting)):
        assert text
        assert "{" not in text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"state": "playable", "job_state": "done"}, "Ready to watch"),
        ({"state": "uploaded", "job_state": None}, "Uploaded"),
        ({}, "Uploading 62 %"),
        ({"job_state": "paused"}, "Paused at 62 %"),
        ({"job_state": "queued"}, "Waiting for its upload"),
        (
            {
                "job_state": "queued",
                "error": {"message": "No."},
                "run_after": NOW + timedelta(days=1),
            },
            "Again tomorrow 12:30",
        ),
        ({"job_state": "failed"}, "Not uploaded"),
        ({"job_state": None}, "Not uploaded"),
        ({"state": "gone"}, "Deleted there"),
        ({"state": "failed"}, "The service cannot use it"),
    ],
)
def test_states_of_copies(changes: dict[str, Any], text: str) -> None:
    assert words.copy_state(msgspec.structs.replace(COPY, **changes), NOW) == text


def test_reasons_come_with_their_remedy() -> None:
    assert words.reason_text({"message": "It is full.", "hint": "Free some."}) == (
        "It is full. Free some."
    )
    assert words.reason_text(None) == ""
    assert words.reason_text({"message": None}) == ""


@pytest.mark.parametrize(
    ("action", "details", "text"),
    [
        ("added", {}, "Added to the library"),
        ("shared", {"destination": "work"}, "Shared at “work”"),
        ("changed", {"before": {"title": "x", "tags": []}}, "Changed: title, tags"),
        ("changed", {}, "Changed"),
        ("of a newer version", {}, "of a newer version"),
    ],
)
def test_history(action: str, details: dict[str, Any], text: str) -> None:
    assert detail_words.audit_text(AuditLine(NOW, action, details)) == text


@pytest.mark.parametrize(
    ("operation", "state", "text"),
    [
        ("trim", "applied", "Trimmed to 00:00:03 – 00:00:09"),
        ("cut", "undone", "Removed 00:00:03 – 00:00:09 (undone)"),
        ("of a newer version", "replaced", "Edited 00:00:03 – 00:00:09 (replaced)"),
    ],
)
def test_steps(operation: str, state: str, text: str) -> None:
    step = StepEntry("1", operation, [(3.0, 9.0)], state, NOW)
    assert detail_words.step_text(step) == text


def test_a_take_tells_its_tracks_and_pauses() -> None:
    track = TrackEntry("microphone", "libopus", "USB Audio")
    take = TakeEntry(NOW, "completed", "Linux", "screen", "", [track], [4.0, 32.0], [])
    told = dict(detail_words.take_facts(take))
    assert told["Microphone"] == "USB Audio · libopus"
    assert told["Pauses"] == "2, 0:36 in all"
    assert detail_words.pauses_text([4.0]) == "1, for 0:04"


def test_audience() -> None:
    assert detail_words.audience_text(None) == "This destination does not count views."
    found = AudienceEntry("1", "work", 12, 34.0, 400.0)
    assert detail_words.audience_text(found) == "12 views, 0:34 on average"
    one = AudienceEntry("1", "work", 1, 34.0, 34.0)
    assert detail_words.audience_text(one) == "1 view, 0:34 long"
