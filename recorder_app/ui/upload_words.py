"""The words for uploads that the tray, the card and notifications share.

States are those of `UploadEntry`, in its words: the library's packages are loaded later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from recorder_app.texts import N_, clock_text, size_text, translate

if TYPE_CHECKING:
    from recorder_app.services.uploads import UploadEntry

ARRIVED = ("uploaded", "playable")


def reason_of(entry: UploadEntry) -> str:
    """Return why an upload waits or has failed, and what to do; "" where nothing is wrong."""
    error: Mapping[str, object] = entry.error or {}
    return f"{error.get('message', '')} {error.get('hint', '')}".strip()


def is_open(entry: UploadEntry) -> bool:
    """Return whether it is on its way, or waits for its turn."""
    is_ended = entry.state in (*ARRIVED, "failed", "gone")
    return not is_ended and entry.job_state in ("queued", "running")


def state_text(entry: UploadEntry) -> str:
    """Return how far one upload is, in a few words."""
    if entry.state == "playable":
        return translate(N_("uploaded"))
    if entry.state == "uploaded":
        return translate(N_("uploaded, playable soon"))
    if entry.state in ("failed", "gone") or entry.job_state == "failed":
        return translate(N_("not uploaded"))
    if entry.job_state == "paused":
        return translate(N_("upload paused"))
    if entry.job_state == "queued":
        waiting = translate(N_("upload waits"))
        return f"{waiting}: {entry.error['message']}" if entry.error else waiting
    return translate(N_("uploading {percent} %"), percent=round(entry.progress * 100))


def progress_text(entries: Sequence[UploadEntry], speed: float | None) -> str:
    """Return how far all uploads are in one line; "" when there are none."""
    going = [each for each in entries if is_open(each)]
    if not going:
        paused = sum(each.job_state == "paused" for each in entries)
        return translate(N_("Uploads paused: {count}"), count=paused) if paused else ""
    if not any(each.job_state == "running" for each in going):
        waiting = next((str(each.error.get("message", "")) for each in going if each.error), "")
        return f"{translate(N_('Uploads waiting: {count}'), count=len(going))} {waiting}".strip()
    total = sum(each.size_bytes for each in going)
    sent = sum(each.sent_bytes for each in going)
    parts = [translate(N_("Uploading {percent} %"), percent=100 * sent // max(1, total))]
    if speed:
        parts.append(f"{size_text(round(speed))}/s")
        parts.append(translate(N_("{time} left"), time=clock_text((total - sent) / speed)))
    return " · ".join(parts)
