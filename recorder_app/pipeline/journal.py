"""The journal beside a recording: what it is while it runs, its sidecar afterwards.

One small JSON file, replaced as a whole at every change of state, so that after a crash it says
whose recording this was, how it was made, and that nobody finished it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psutil

from recorder_app.errors import StorageError
from recorder_app.media.whole_file import replacing
from recorder_app.pipeline.events import HealthEvent, Marked, RecordingResult, RecordingState
from recorder_app.shapes import from_json
from recorder_app.texts import N_


class Owner(msgspec.Struct, frozen=True):
    """The process that records; `started` (Unix seconds) tells it from a later one of that pid."""

    pid: int
    started: float

    @classmethod
    def this_process(cls) -> Owner:
        return cls(os.getpid(), psutil.Process().create_time())

    @property
    def is_alive(self) -> bool:
        try:
            started: float = psutil.Process(self.pid).create_time()
        except psutil.Error:
            return False
        return abs(started - self.started) < 1


class Track(msgspec.Struct, frozen=True):
    """One stream of the file."""

    kind: str
    encoder: str
    description: str
    width: int = 0
    height: int = 0
    is_essential: bool = True


class Recovery(msgspec.Struct, frozen=True):
    """What came of recovering a take that was cut short; `reason` is why it was left alone."""

    at: datetime
    is_recovered: bool
    reason: str = ""


class LibraryNote(msgspec.Struct, frozen=True):
    """What people gave the recording in the library, to make that again from its folder."""

    id: str
    title: str = ""
    description: str = ""
    project: str | None = None
    tags: list[str] = []
    is_favourite: bool = False
    platform: str = ""
    content_type: str = ""


class Origin(msgspec.Struct, frozen=True):
    """What a recording was made from: the id of another one, and how; steps as the library's."""

    of: str
    preset: str = ""
    operations: list[tuple[str, dict[str, Any]]] = []


class JournalEntry(msgspec.Struct):
    """Everything the journal holds. Times of day are UTC, `*_s` are seconds of the recording."""

    schema: int
    media: str
    state: RecordingState
    started: datetime
    owner: Owner
    settings: dict[str, str | int | float | bool | None]
    tracks: list[Track]
    pauses: list[tuple[float, float]] = []
    markers: list[Marked] = []
    health: list[HealthEvent] = []
    result: RecordingResult | None = None
    recording_id: str = ""
    recovery: Recovery | None = None
    library: LibraryNote | None = None
    origin: Origin | None = None


SCHEMA = 1
_PREFIX, _SUFFIX = ".", ".recorder.json"


def journal_path(media: Path) -> Path:
    """Return the journal's path: hidden, beside the recording."""
    return media.with_name(f"{_PREFIX}{media.name}{_SUFFIX}")


def media_path(journal: Path) -> Path:
    """Return the path of the recording whose journal is `journal`."""
    return journal.with_name(journal.name.removeprefix(_PREFIX).removesuffix(_SUFFIX))


def is_journal(name: str) -> bool:
    """Return whether a file of this name is a journal."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


class Journal:
    """Writes one entry. Used by the session's thread. Raises StorageError."""

    def __init__(self, media: Path, entry: JournalEntry) -> None:
        self.path = journal_path(media)
        self.entry = entry

    @classmethod
    def begin(
        cls,
        media: Path,
        settings: dict[str, str | int | float | bool | None],
        tracks: list[Track],
        recording_id: str = "",
    ) -> Journal:
        entry = JournalEntry(
            schema=SCHEMA,
            media=media.name,
            state=RecordingState.PREPARING,
            started=datetime.now(UTC),
            owner=Owner.this_process(),
            settings=settings,
            tracks=tracks,
            recording_id=recording_id,
        )
        journal = cls(media, entry)
        journal.save()
        return journal

    def save(self) -> None:
        """Replace the file by the entry as it is now, durably."""
        try:
            data = msgspec.json.format(msgspec.json.encode(self.entry), indent=1)
        except ValueError as error:
            # Text that is no Unicode, from a window's title for example.
            raise StorageError(
                N_("The sidecar {path} cannot be written: {reason}."),
                path=self.path.name,
                reason=error,
            ) from error
        with replacing(self.path) as stream:
            stream.write(data)

    def follow(self, media: Path) -> None:
        """Go along when the recording is renamed to `media`."""
        old, self.path = self.path, journal_path(media)
        self.entry.media = media.name
        self.save()
        if old != self.path:
            old.unlink(missing_ok=True)

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


def read_journal(path: Path) -> JournalEntry:
    """Read a journal. Raises msgspec.MsgspecError when it is damaged and OSError."""
    try:
        return from_json(path.read_bytes(), JournalEntry)
    except RecursionError as error:
        raise msgspec.DecodeError("nested too deeply") from error


def sidecar(media: Path) -> JournalEntry | None:
    """Return what stands beside `media`; None where nothing does, or nothing that can be read."""
    try:
        return read_journal(journal_path(media))
    except (OSError, msgspec.MsgspecError):
        return None


def write_library_note(media: Path, note: LibraryNote) -> bool:
    """Write `note` into the sidecar of `media`; return whether there is one.

    Only once the recording is finished: until then the journal is its session's. Raises
    StorageError.
    """
    entry = sidecar(media)
    if entry is None or not entry.state.is_final:
        return False
    if entry.library != note:
        entry.library = note
        Journal(media, entry).save()
    return True
