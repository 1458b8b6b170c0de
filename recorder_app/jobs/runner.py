"""Running jobs: one thread that claims, renews and listens, and one for each job that runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from recorder_app.errors import DiskFull, LibraryLocked, RecorderError
from recorder_app.jobs.context import Handler, JobContext, Stop
from recorder_app.jobs.kinds import LANES
from recorder_app.jobs.owners import is_gone, new_owner
from recorder_app.jobs.tasks import TASKS
from recorder_app.jobs.work import Ended, give_back, handle
from recorder_app.library import backups, job_list, leases, queue, retention
from recorder_app.library.database import Database
from recorder_app.library.queue import now
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.system.priority import be_modest

_log = logging.getLogger(__name__)

# How often somebody else's wishes and jobs are looked for.
_TURN_S = 0.5
_RENEW_EVERY_S = queue.LEASE_S / 3
_LOOK_FOR_LOST_EVERY_S = 5.0
_KEEP_ENDED = timedelta(days=30)
_KEEP_UP_EVERY_S = 3600.0


class Runner:
    """Runs the jobs of a library in this process until stopped.

    Several processes may do so at once. Work of a kind that is not in `tasks` waits for a runner
    that knows it. `on_end` is called in the job's thread. `error` is what
    ended it before its time; a library that is only busy, or a full disk, does not.
    """

    def __init__(
        self,
        database: Database,
        tasks: Mapping[str, Handler] = TASKS,
        lanes: Mapping[str, int] = LANES,
        on_end: Callable[[Ended], None] = lambda _: None,
    ) -> None:
        self.error: RecorderError | None = None
        self._database, self._tasks, self._lanes, self._on_end = database, tasks, lanes, on_end
        self._running: dict[JobContext, threading.Thread] = {}
        self._lock = threading.Lock()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._kept: dict[JobContext, tuple[float, float]] = {}
        self._next_look_s = 0.0
        # Daemon, all of them: a decoder that hangs must not keep the process alive.
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Look for new jobs now, not within half a second."""
        self._wake.set()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self, within_s: float = 10.0) -> None:
        """End, and put what is not done back into the queue; a second call does nothing."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(within_s)
        held = self._held()
        for context in held:
            context.end(Stop.RUNNER_ENDS)
        deadline = time.monotonic() + within_s
        for context, thread in held.items():
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                _log.warning("job does not stop id=%s kind=%s", context.job_id, context.kind)
                give_back(context)

    def _run(self) -> None:
        next_upkeep_s = 0.0
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if time.monotonic() >= next_upkeep_s:
                    self._keep_up()
                    next_upkeep_s = time.monotonic() + _KEEP_UP_EVERY_S
                self._listen()
                self._take_back()
                while self._begin_next():
                    pass
            except (LibraryLocked, DiskFull) as error:
                _log.warning("jobs wait error=%s", error)
            except Exception as error:
                self.error = as_recorder_error(error)
                _log.error("jobs ended error=%s", self.error)
                return
            self._wake.wait(_TURN_S)

    def _keep_up(self) -> None:
        """Do what is due now and then, also for those who never look into their library."""
        with self._database.write() as session:
            job_list.forget(session, now() - _KEEP_ENDED)
            retention.thin_sessions(session, now())
        try:
            backups.back_up_daily(self._database.path, now())
        except RecorderError as error:
            _log.warning("no daily backup error=%s", error)

    def _held(self) -> dict[JobContext, threading.Thread]:
        with self._lock:
            return dict(self._running)

    def _listen(self) -> None:
        """Hear of cancelled and lost jobs; prolong leases and tell progress where it is time."""
        held = self._held()
        self._kept = {each: kept for each, kept in self._kept.items() if each in held}
        due: list[JobContext] = []
        with self._database.read() as session:
            for context in held:
                context.note(leases.look(session, context.job_id, context.owner))
                kept_s, share = self._kept.setdefault(context, (time.monotonic(), context.share))
                age_s = time.monotonic() - kept_s
                if age_s > _RENEW_EVERY_S or (age_s >= 1.0 and context.share != share):
                    due.append(context)
        if due:
            with self._database.write() as session:
                for context in due:
                    share = context.share
                    leases.renew(session, context.job_id, context.owner, now(), progress=share)
                    self._kept[context] = time.monotonic(), share

    def _take_back(self) -> None:
        if time.monotonic() < self._next_look_s:
            return
        with self._database.read() as session:
            found = leases.abandoned(session, now(), is_gone)
        if found:
            with self._database.write() as session:
                leases.take_back(session, now(), is_gone)
        self._next_look_s = time.monotonic() + _LOOK_FOR_LOST_EVERY_S

    def _begin_next(self) -> bool:
        """Claim a job and start its thread; return whether there was one."""
        at = now()
        with self._database.read() as session:
            if self._stopping.is_set() or not queue.is_due(session, self._tasks, self._lanes, at):
                return False
        owner = new_owner()
        with self._database.write() as session:
            job = queue.claim(session, owner, self._lanes, at, kinds=self._tasks)
        if job is None:
            return False
        context = JobContext(self._database, job, owner)
        thread = threading.Thread(
            target=self._work, args=(context,), name=f"job-{job.kind}", daemon=True
        )
        with self._lock:
            self._running[context] = thread
        thread.start()
        return True

    def _work(self, context: JobContext) -> None:
        be_modest()
        try:
            ended = handle(context, self._tasks)
            if ended is not None:
                _log.info("job ended id=%s kind=%s state=%s", ended.job_id, ended.kind, ended.state)
                self._on_end(ended)
        finally:
            # Last of all: whoever stops the runner waits for what is told, too.
            with self._lock:
                del self._running[context]
            self._wake.set()
