"""What a job's handler has in its hands: the job, where it was left, and whether to go on."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from recorder_app.errors import Cancelled, RecorderError
from recorder_app.library import leases, recordings
from recorder_app.library.database import Database
from recorder_app.library.leases import Hold
from recorder_app.library.models import Job, Recording
from recorder_app.library.queue import now
from recorder_app.texts import N_


class Stop(enum.Enum):
    """Why a job is to end before it is done."""

    CANCELLED = "cancelled"
    RUNNER_ENDS = "runner ends"
    LEASE_LOST = "lease lost"


class Postponed(Exception):
    """Raised by a handler: the job goes on after so many seconds, and that is no failure.

    `reason` is shown meanwhile, such as a network that is down; None where there is nothing to say.
    """

    def __init__(self, seconds: float, reason: RecorderError | None = None) -> None:
        super().__init__(seconds)
        self.seconds, self.reason = seconds, reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a handler returns: plain data, and columns of the recording it worked out."""

    result: Mapping[str, Any] = field(default_factory=dict)
    derived: Mapping[str, Any] = field(default_factory=dict)


class JobContext:
    """One job in the hands of its handler; the runner sets `stop` from its own thread.

    Handlers report with `proceed`, often: it is cheap, and raises Cancelled when they shall stop.
    They may be run twice and have to bear it.
    """

    def __init__(self, database: Database, job: Job, owner: str) -> None:
        self.database = database
        self.job_id, self.kind, self.owner = job.id, job.kind, owner
        self.recording_id = job.recording_id
        self.payload: Mapping[str, Any] = dict(job.payload)
        self.checkpoint: Mapping[str, Any] = leases.checkpoint_of(job)
        self.share = job.progress
        self.stop: Stop | None = None
        self._stopped = threading.Event()
        self._on_stop: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
        """Return whether the handler shall stop, for whatever reason."""
        return self.stop is not None

    def progress(self, share: float) -> None:
        """Tell how much is done, 0 to 1; it is kept about once a second."""
        self.share = share

    def check(self) -> None:
        """Raise Cancelled when the handler shall stop."""
        if self.stop is not None:
            raise Cancelled(N_("The job was stopped."))

    def proceed(self, share: float) -> None:
        """Tell how much is done; raise Cancelled when the handler shall stop."""
        self.progress(share)
        self.check()

    def sleep(self, seconds: float) -> None:
        """Wait; raise Cancelled as soon as the handler shall stop."""
        self._stopped.wait(seconds)
        self.check()

    def save(self, checkpoint: Mapping[str, Any], reached: int | None = None) -> None:
        """Keep where to go on after a crash; when this returns it is in the database.

        `reached` is how far the work is, in a unit of the handler's own, such as bytes that a
        server acknowledged: the job has all its attempts again each time that is more than ever
        before. Raises Cancelled when the job is no longer ours, and LibraryError.
        """
        with self.database.write() as session:
            hold = leases.renew(
                session,
                self.job_id,
                self.owner,
                now(),
                progress=self.share,
                checkpoint=checkpoint,
                reached=reached,
            )
        self.checkpoint = dict(checkpoint)
        self.note(hold)
        self.check()

    def recording(self) -> Recording:
        """Return the job's recording as it is now. Raises InvalidRequest when it is gone."""
        with self.database.read() as session:
            return recordings.get(session, self.recording_id or "")

    def note(self, hold: Hold) -> None:
        """Take in what the database says about the job."""
        if hold is Hold.CANCELLED:
            self.end(Stop.CANCELLED)
        elif hold is Hold.LOST:
            self.end(Stop.LEASE_LOST)

    def end(self, why: Stop) -> None:
        """Ask the handler to stop; the first reason counts. Thread-safe."""
        self.stop = self.stop or why
        self._stopped.set()
        for call in list(self._on_stop):
            call()

    def on_stop(self, call: Callable[[], None]) -> None:
        """Have `call` called when the handler shall stop, in another thread; maybe twice."""
        self._on_stop.append(call)
        if self.stop is not None:
            call()


Handler = Callable[[JobContext], Outcome]
