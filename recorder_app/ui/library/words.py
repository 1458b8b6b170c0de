"""What people read of times, speeds and background work. Without the toolkit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from recorder_app.services.activity_entries import Activity, Unit
from recorder_app.texts import N_, clock_text, size_text, translate

if TYPE_CHECKING:
    from recorder_app.services.uploads import UploadEntry

# fmt: off
_MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"), N_("Jul"), N_("Aug"),
    N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)
# fmt: on
_DAY_S = 86400
# Faster or slower is a guess more than a speed.
_LEAST_TIMES_REAL = 0.05

# By kind: while it runs, and in every other state. Texts without a place for the title are of
# jobs that may outlive their recording.
_KINDS: dict[str, tuple[str, str]] = {
    "upload": (
        N_("Uploading “{title}” to “{target}”"),
        N_("Upload of “{title}” to “{target}”"),
    ),
    "export": (N_("Exporting “{title}”"), N_("Export of “{title}”")),
    "poster": (N_("Making a picture of “{title}”"), N_("Picture of “{title}”")),
    "strip": (N_("Making the filmstrip of “{title}”"), N_("Filmstrip of “{title}”")),
    "waveform": (N_("Drawing the sound of “{title}”"), N_("Sound picture of “{title}”")),
    "checksum": (N_("Computing the checksum of “{title}”"), N_("Checksum of “{title}”")),
    "remote-delete": (
        N_("Deleting the copy at “{target}”"),
        N_("Deletion of a copy at “{target}”"),
    ),
    "follow": (
        N_("Waiting until “{title}” plays at “{target}”"),
        N_("Check whether “{title}” plays at “{target}”"),
    ),
    "align": (
        N_("Updating the title of “{title}” at “{target}”"),
        N_("Title of “{title}” at “{target}”"),
    ),
}
_OTHER = (N_("Working on “{title}”"), N_("Work on “{title}”"))

_STATES = {
    "queued": N_("Waiting"),
    "running": N_("In progress"),
    "paused": N_("Paused"),
    "done": N_("Done"),
    "failed": N_("Failed"),
    "cancelled": N_("Cancelled"),
}
_COPY_STATES = {
    "playable": N_("Ready to watch"),
    "uploaded": N_("Uploaded"),
    "failed": N_("The service cannot use it"),
    "gone": N_("Deleted there"),
}


def when_text(at: datetime, now: datetime | None = None) -> str:
    """Return “today 10:04”, “yesterday 10:04”, “12 Nov 10:04” or “12 Nov 2024”, in local time."""
    now = (now or datetime.now().astimezone()).astimezone()
    local = at.astimezone(now.tzinfo)
    time = f"{local:%H:%M}"
    if local.date() == now.date():
        return translate(N_("today {time}"), time=time)
    if local.date() == now.date() - timedelta(days=1):
        return translate(N_("yesterday {time}"), time=time)
    if local.date() == now.date() + timedelta(days=1):
        return translate(N_("tomorrow {time}"), time=time)
    month = translate(_MONTHS[local.month - 1])
    if local.year == now.year:
        return translate(N_("{day} {month} {time}"), day=local.day, month=month, time=time)
    return translate(N_("{day} {month} {year}"), day=local.day, month=month, year=local.year)


def short_clock(seconds: float) -> str:
    """Return 0:08, 12:34 or 1:02:03."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def left_text(seconds: float) -> str:
    """Return “0:08 left”; nobody counts the hours of days."""
    if seconds >= _DAY_S:
        return translate(N_("more than a day left"))
    return translate(N_("{time} left"), time=short_clock(seconds))


def percent_text(share: float) -> str:
    """Return “62 %”; 100 only when all is done."""
    return translate(N_("{percent} %"), percent=int(share * 100 + 1e-9))


def speed_text(unit: Unit, speed: float | None) -> str:
    """Return “3.2 MB/s” or “2.4× real time”; nothing where it is not known."""
    if speed is None or speed <= 0:
        return ""
    if unit is Unit.BYTES:
        return f"{size_text(round(speed))}/s"
    if unit is Unit.SECONDS and speed >= _LEAST_TIMES_REAL:
        times = f"{speed:.0f}" if speed >= 10 else f"{speed:.1f}"
        return translate(N_("{times}× real time"), times=times)
    return ""


def amount_text(entry: Activity) -> str:
    """Return “12 MB of 80 MB” or “0:12 of 1:00”; nothing where no amount is known."""
    if entry.amount <= 0 or entry.unit is Unit.NONE:
        return ""
    if entry.unit is Unit.BYTES:
        done, whole = size_text(round(entry.done)), size_text(round(entry.amount))
    else:
        done, whole = short_clock(entry.done), short_clock(entry.amount)
    return translate(N_("{done} of {whole}"), done=done, whole=whole)


def job_title(entry: Activity) -> str:
    """Return what a job is about, such as “Exporting “Demo””."""
    running, otherwise = _KINDS.get(entry.kind, _OTHER)
    title = entry.title or translate(N_("a recording that is gone"))
    text = running if entry.state == "running" else otherwise
    return translate(text, title=title, target=entry.target or "?")


def job_state(entry: Activity, now: datetime | None = None) -> str:
    """Return how a job stands, in a word or two."""
    if entry.is_stopping:
        return translate(N_("Stopping"))
    if entry.state == "running":
        return percent_text(entry.progress)
    if entry.state == "queued" and _is_later(entry.run_after, now) and entry.error:
        return translate(N_("Again {when}"), when=when_text(entry.run_after, now))
    if entry.state in ("done", "cancelled"):
        return f"{state_word(entry.state)} · {when_text(entry.updated_at, now)}"
    return state_word(entry.state)


def state_word(state: str) -> str:
    """Return a state of jobs as people read it."""
    return translate(_STATES.get(state, N_("Waiting")))


def progress_text(entry: Activity, speed: float | None) -> str:
    """Return “12 MB of 80 MB · 3.2 MB/s · 0:21 left”, as far as it is known."""
    parts = [amount_text(entry), speed_text(entry.unit, speed)]
    if speed:
        parts.append(left_text(_left(entry) / speed))
    return " · ".join(part for part in parts if part)


def summary_text(entry: Activity, speed: float | None, others: int) -> str:
    """Return one line for what is being done: “Exporting “Demo” 62 % · 0:08 left · 2 more”."""
    parts = [f"{job_title(entry)} {job_state(entry)}"]
    if speed and entry.state == "running":
        parts.append(left_text(_left(entry) / speed))
    if others:
        parts.append(translate(N_("{count} more"), count=others))
    return " · ".join(parts)


def reason_text(error: dict[str, Any] | None) -> str:
    """Return why something failed and what to do; nothing without an error."""
    told = error or {}
    return f"{told.get('message') or ''} {told.get('hint') or ''}".strip()


def copy_state(entry: UploadEntry, now: datetime | None = None) -> str:
    """Return how a copy elsewhere stands."""
    if entry.state in _COPY_STATES:
        return translate(_COPY_STATES[entry.state])
    match entry.job_state:
        case "running":
            return translate(N_("Uploading {percent}"), percent=percent_text(entry.progress))
        case "paused":
            return translate(N_("Paused at {percent}"), percent=percent_text(entry.progress))
        case "failed" | "cancelled" | None:
            return translate(N_("Not uploaded"))
        case _ if entry.error and _is_later(entry.run_after, now) and entry.run_after:
            return translate(N_("Again {when}"), when=when_text(entry.run_after, now))
    return translate(N_("Waiting for its upload"))


def facts_line(duration_s: float, size_bytes: int) -> str:
    """Return “00:04:12 · 18 MB”."""
    return f"{clock_text(duration_s)} · {size_text(size_bytes)}"


def measure(entry: Activity) -> float:
    """Return how much is done, for a speed: without an amount the share itself has one."""
    return entry.progress if _is_share(entry) else entry.done


def _left(entry: Activity) -> float:
    return (1.0 if _is_share(entry) else entry.amount) - measure(entry)


def _is_share(entry: Activity) -> bool:
    return entry.unit is Unit.NONE or entry.amount <= 0


def _is_later(at: datetime | None, now: datetime | None) -> bool:
    return at is not None and at > (now or datetime.now().astimezone())
