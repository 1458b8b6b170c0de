"""A thread of the pipeline: takes from a queue, works, passes END on whatever happens."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from recorder_app.errors import Cancelled, InternalError, RecorderError
from recorder_app.media.frames import End
from recorder_app.pipeline.queues import BoundedQueue, Sized
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

T = TypeVar("T", bound=Sized)


def as_recorder_error(error: BaseException) -> RecorderError:
    """Return `error` itself if it is ours, else an InternalError that names it."""
    if isinstance(error, RecorderError):
        return error
    _log.error("unexpected failure", exc_info=error)
    internal = InternalError(
        N_("Something unexpected went wrong in the recorder ({kind}: {reason})."),
        hint=N_("What was recorded so far is kept. Please report this with the log file."),
        kind=type(error).__name__,
        reason=error,
    )
    internal.__cause__ = error
    return internal


class Worker(threading.Thread):
    """A named thread whose failure is a message, never a silent end.

    `on_end` gets None or the error, once, as the thread's last act.
    """

    def __init__(
        self,
        name: str,
        body: Callable[[], None],
        on_end: Callable[[str, RecorderError | None], None],
    ) -> None:
        # Daemon: a thread stuck in a driver or a dead disk must not keep the process alive.
        super().__init__(name=name, daemon=True)
        self._body = body
        self._on_end = on_end

    def run(self) -> None:
        error: RecorderError | None = None
        try:
            self._body()
        except Cancelled:
            pass
        except BaseException as failure:
            error = as_recorder_error(failure)
        self._on_end(self.name, error)


class Stage(Generic[T]):
    """Takes items from `queue` until END, then finishes; END goes on even after an error.

    Subclasses define ``handle`` and ``flush``, and ``forward_end``, which must not fail: the next
    stage would wait for ever.
    """

    def __init__(self, queue: BoundedQueue[T]) -> None:
        self.queue = queue

    def run(self) -> None:
        """Be the body of the stage's thread."""
        try:
            while not isinstance(item := self.queue.get(), End):
                self.handle(item)
            self.flush()
        except BaseException:
            # Nobody will take what still comes: let no producer wait for room.
            self.queue.abort()
            raise
        finally:
            self.forward_end()

    def handle(self, item: T) -> None:
        raise NotImplementedError

    def flush(self) -> None:
        """Bring out what is still inside."""

    def forward_end(self) -> None:
        """Tell the next stage that nothing more comes."""
