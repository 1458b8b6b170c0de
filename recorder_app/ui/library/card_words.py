"""How a recording is put into words: when it was, how it stands, and all of it for a listener."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from PySide6.QtCore import QLocale

from recorder_app.library.media_rows import MISSING, RECOVERED
from recorder_app.library.queue import JobState
from recorder_app.library.uploads import UPLOAD
from recorder_app.services.browsing import CardEntry, WorkEntry
from recorder_app.texts import N_, clock_text, translate


class Sign(NamedTuple):
    """How a recording stands: an icon of the set, and the same in words."""

    icon: str
    text: str
    is_grave: bool = False


def when(moment: datetime, today: date) -> str:
    """Return a day as people say it; with the time of day where it is `today`."""
    local = moment.astimezone()
    day = local.date()
    if day == today:
        return translate(N_("today {time}"), time=f"{local:%H:%M}")
    if day == today - timedelta(days=1):
        return translate(N_("yesterday"))
    return day_text(day, today)


def day_text(day: date, today: date) -> str:
    """Return a day of this year as 12 Nov, and of others as 12 Nov 2024."""
    month = QLocale().monthName(day.month, QLocale.FormatType.ShortFormat).rstrip(".")
    if day.year == today.year:
        return translate(N_("{day} {month}"), day=day.day, month=month)
    return translate(N_("{day} {month} {year}"), day=day.day, month=month, year=day.year)


def signs(card: CardEntry) -> list[Sign]:
    """Return how it stands, the most urgent first."""
    found = []
    if card.status == MISSING:
        found.append(Sign("warning", translate(N_("missing")), is_grave=True))
    if card.work is not None:
        found.append(_work(card.work))
    elif card.links:
        found.append(Sign("link", translate(N_("uploaded"))))
    if card.status == RECOVERED:
        found.append(Sign("repeat", translate(N_("recovered"))))
    return found


def spoken(card: CardEntry, today: date) -> str:
    """Return all that is seen of a recording as one line."""
    parts = [card.title, when(card.created_at, today), clock_text(card.duration_s)]
    if card.is_favourite:
        parts.append(translate(N_("favourite")))
    return ", ".join([*parts, *(sign.text for sign in signs(card))])


_UPLOADS = {
    JobState.RUNNING: N_("uploading {percent} %"),
    JobState.QUEUED: N_("upload waits"),
    JobState.PAUSED: N_("upload paused"),
    JobState.FAILED: N_("upload failed"),
}
_EXPORTS = {
    JobState.RUNNING: N_("exporting {percent} %"),
    JobState.QUEUED: N_("export waits"),
    JobState.PAUSED: N_("export paused"),
    JobState.FAILED: N_("export failed"),
}


def _work(work: WorkEntry) -> Sign:
    state = JobState(work.state)
    texts, icon = (_UPLOADS, "upload") if work.kind == UPLOAD else (_EXPORTS, "export")
    if state is JobState.FAILED:
        return Sign("warning", translate(texts[state]), is_grave=True)
    # An unknown state is one that is not done.
    text = texts.get(state, texts[JobState.QUEUED])
    return Sign(icon, translate(text, percent=int(100 * work.progress)))
