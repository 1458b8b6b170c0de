"""When a recording stops by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from recorder_app.errors import InvalidSettingError
from recorder_app.services.recording import plan_recording, stop_time
from recorder_app.settings import RecordingSettings


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        ("2026-11-21 10:00", "17:30", "2026-11-21 17:30"),
        ("2026-11-21 10:00", "9:05", "2026-11-22 09:05"),
        ("2026-11-21 17:30", "17:30", "2026-11-22 17:30"),
        ("2026-12-31 23:59", "00:00", "2027-01-01 00:00"),
        # The clocks go back in between: it is the clock on the wall that counts.
        ("2026-10-24 22:00", "04:00", "2026-10-25 04:00"),
    ],
)
@pytest.mark.usefixtures("berlin")
def test_the_next_time_of_that_name(now: str, text: str, expected: str) -> None:
    found = stop_time(text, datetime.fromisoformat(now).astimezone())
    assert f"{found:%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize("text", ["24:00", "7", "soon", "12:60", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidSettingError):
        stop_time(text)


def test_each_rule_ends_a_recording() -> None:
    plan = plan_recording(
        RecordingSettings(target="synthetic:pattern", duration=60, max_size=2.5, until="00:00")
    )
    early = datetime.now(UTC)
    assert plan.stop_at is not None
    assert not plan.is_over(59, 2_400_000, early)
    assert plan.is_over(60, 0, early)
    assert plan.is_over(0, 2_500_000, early)
    assert plan.is_over(0, 0, plan.stop_at + timedelta(seconds=1))
