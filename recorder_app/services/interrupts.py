"""What a signal means to a recording: the first stops it, a second Ctrl-C gives up."""

from __future__ import annotations

import os
import signal

from recorder_app.pipeline.events import RecordingState
from recorder_app.pipeline.session import RecordingSession

_NOTHING_YET = (RecordingState.IDLE, RecordingState.PREPARING)
_INTERRUPTED = 130


class Interrupts:
    """Counts signals for one session. ``note`` is for signal handlers of the main thread.

    A terminal that closes, or a supervisor, may send its signal twice: only a second Ctrl-C cuts
    the finishing of the file short.
    """

    def __init__(self, session: RecordingSession | None = None) -> None:
        self.session = session
        self._was_asked = False

    def note(self, number: int) -> None:
        """Stop the recording, or give up where it was asked to stop already."""
        if self.session is None:
            raise KeyboardInterrupt
        if not self._was_asked:
            self._was_asked = True
            self.session.request("stop")
        elif self.session.state in _NOTHING_YET:
            # A display or a device that does not answer holds the session up. There is nothing
            # to save, and threads inside a driver can only be left behind.
            os._exit(_INTERRUPTED)
        elif number == signal.SIGINT:
            self.session.request("abort")
