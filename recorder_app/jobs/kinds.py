"""The kinds of work there are, and handing them in; light to import.

::

    with database.write() as session:
        recording = recordings.add(session, ...)
        kinds.enqueue_previews(session, recording)

hands in everything a new recording needs, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recorder_app.library import queue
from recorder_app.library.models import Job, Recording
from recorder_app.library.queue import Session

# How many jobs of a lane run at once, in all processes together. Decoding and encoding take what
# processor there is; reading files, and the network, wait.
LANES: Mapping[str, int] = {"media": 1, "files": 1, "network": 5}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work; larger priorities come first."""

    lane: str
    priority: int = 0


KINDS: Mapping[str, Kind] = {
    # Somebody waits for it, most times.
    "export": Kind("media", 40),
    "poster": Kind("media", 30),
    "strip": Kind("media", 20),
    "waveform": Kind("media", 10),
    "checksum": Kind("files"),
}


def enqueue(
    session: Session,
    kind: str,
    recording_id: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Job:
    """Hand in work of `kind`; the same work that is queued or running already is returned."""
    about = KINDS[kind]
    return queue.enqueue(
        session, kind, recording_id, lane=about.lane, payload=payload, priority=about.priority
    )


def enqueue_previews(session: Session, recording: Recording) -> list[Job]:
    """Hand in all that a new or changed recording needs: pictures, waveform, checksum."""
    needed = ["checksum"]
    if recording.width:
        needed += ["poster", "strip"]
    if recording.audio_codecs:
        needed.append("waveform")
    return [enqueue(session, kind, recording.id) for kind in needed]
