"""What became of each take, written down without the engine ever waiting for the library.

While a take runs there is only a small file for it in the ``pending`` folder; the library's
packages are not even loaded. When it has ended it is entered, and the file goes. If the library is
locked, broken or the process was killed, the file waits for whoever opens the library next.
"""

from __future__ import annotations

import contextlib
import logging
import platform
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec

from recorder_app import paths
from recorder_app.errors import RecorderError, StorageError
from recorder_app.library.ids import new_id
from recorder_app.media.outfile import storage_error
from recorder_app.media.whole_file import replacing
from recorder_app.pipeline.events import (
    ErrorReport,
    Event,
    Finished,
    HealthEvent,
    RecordingResult,
    RecordingState,
)
from recorder_app.pipeline.journal import Owner, journal_path, read_journal
from recorder_app.pipeline.plan import RecordingPlan
from recorder_app.settings import RecordingSettings
from recorder_app.shapes import from_json

_log = logging.getLogger(__name__)

ACTIVE, COMPLETED, FAILED, CANCELLED, INTERRUPTED = (
    "active",
    "completed",
    "failed",
    "cancelled",
    "interrupted",
)
_TYPES = {"region": "region", "window": "window"}
# A take that has ended shall not keep anyone waiting: it can be entered later as well.
_WAIT_S = 1.0
# One without its zone could not be stored.
_Time = Annotated[datetime, msgspec.Meta(tz=True)]


class TakeRecord(msgspec.Struct):
    """One take as it stands in the ``pending`` folder. Times are UTC."""

    session_id: str
    recording_id: str
    recording_type: str
    path: str
    settings: RecordingSettings
    owner: Owner
    system: str
    started_at: _Time
    status: str = ACTIVE
    ended_at: _Time | None = None
    health: list[HealthEvent] = []
    result: RecordingResult | None = None
    error: ErrorReport | None = None


class Ledger:
    """Keeps the record of one take. ``note`` is called by the session's thread and is quick.

    What cannot be written is logged: no recording fails for its book-keeping. `is_noted` says
    whether it would be entered later, if not now.
    """

    def __init__(self, plan: RecordingPlan, settings: RecordingSettings) -> None:
        kind = settings.target.partition(":")[0]
        self.record = TakeRecord(
            session_id=new_id(),
            recording_id=plan.recording_id,
            recording_type=_TYPES.get(kind, "screen"),
            path=str(plan.output),
            settings=settings,
            owner=Owner.this_process(),
            system=platform.platform(),
            started_at=datetime.now(UTC),
        )
        self.is_noted = False
        self._file = pending_folder() / f"{self.record.session_id}.json"

    def begin(self) -> None:
        """Write the record before anything is opened."""
        self._save()

    def note(self, event: Event) -> None:
        """Take in what the recording says of itself."""
        record = self.record
        if isinstance(event, HealthEvent):
            record.health.append(event)
        elif isinstance(event, Finished):
            record.ended_at = datetime.now(UTC)
            record.result, record.error = event.result, event.error
            record.status = _status(event)
            self._save()

    def enter(self) -> bool:
        """Enter the take, and whatever else waits, into the library; return whether that went well.

        Slow: it loads the library's packages. What fails is done by the next opening.
        """
        # Imported only now: a recording starts without them.
        from recorder_app.services.entering import enter_take
        from recorder_app.services.library import open_library

        try:
            with contextlib.closing(open_library(_WAIT_S)) as database:
                if not self.is_noted:
                    enter_take(database, self.record)
                    with contextlib.suppress(OSError):
                        self._file.unlink(missing_ok=True)
                    return True
        except RecorderError as error:
            _log.warning("library not available error=%s", error)
            return False
        return not self._file.exists()

    def _save(self) -> None:
        try:
            write_record(self._file, self.record)
            self.is_noted = True
        except StorageError as error:
            self.is_noted = False
            _log.warning("take not noted error=%s", error)


def pending_folder() -> Path:
    return paths.data_folder() / "pending"


def write_record(file: Path, record: TakeRecord) -> None:
    """Replace `file` by `record` as a whole. Raises StorageError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise storage_error(error, file) from error
    with replacing(file) as stream:
        stream.write(msgspec.json.encode(record))


def pending_takes() -> list[tuple[Path, TakeRecord]]:
    """Return what waits to be entered; a damaged file is set aside."""
    found = []
    for file in sorted(pending_folder().glob("*.json")):
        try:
            record = from_json(file.read_bytes(), TakeRecord)
        except FileNotFoundError:
            # Another process has entered it meanwhile.
            continue
        except (msgspec.MsgspecError, OSError) as error:
            _log.warning("pending take unreadable file=%s error=%s", file, error)
            with contextlib.suppress(OSError):
                file.rename(file.with_suffix(".damaged"))
            continue
        if record.status == ACTIVE and not record.owner.is_alive:
            _end(record)
        found.append((file, record))
    return found


def sidecar_of(record: TakeRecord) -> tuple[list[tuple[float, float]], list[dict[str, object]]]:
    """Return the take's pauses and tracks as its sidecar tells them; nothing without one."""
    path = record.result.path if record.result is not None else record.path
    try:
        entry = read_journal(journal_path(Path(path)))
    except (OSError, msgspec.MsgspecError):
        return [], []
    return entry.pauses, msgspec.to_builtins(entry.tracks)


def _end(record: TakeRecord) -> None:
    """Say how a take ended whose process could not: as its sidecar has it, or interrupted."""
    record.status = INTERRUPTED
    try:
        entry = read_journal(journal_path(Path(record.path)))
    except (OSError, msgspec.MsgspecError):
        return
    result = entry.result
    if (
        result is None
        or entry.state is not RecordingState.FINISHED
        or entry.recovery is not None
        or entry.recording_id != record.recording_id
    ):
        return
    record.status, record.result = COMPLETED, result
    record.ended_at = record.started_at + timedelta(seconds=result.duration_s)


def _status(finished: Finished) -> str:
    if finished.result is not None:
        return COMPLETED
    return CANCELLED if finished.state is RecordingState.CANCELLED else FAILED
