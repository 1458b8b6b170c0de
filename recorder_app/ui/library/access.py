"""The library for a window: opened when it is needed, asked only off the GUI thread."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject

from recorder_app.library.database import Database
from recorder_app.services.library import open_library
from recorder_app.ui.background import Background

# A window says that somebody else is writing rather than wait as long as a command does.
_WAIT_S = 3.0


class Access(QObject):
    """Threads for what must not wait for each other, and the database they share.

    `pages` answers what is looked at, `lists` whole lists, `counts` numbers and changes of others,
    `deeds` changes things.
    """

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self.pages = Background(owner, "library-pages")
        self.lists = Background(owner, "library-lists")
        self.counts = Background(owner, "library-counts")
        self.deeds = Background(owner, "library-deeds")
        self._lock = threading.Lock()
        self._database: Database | None = None

    def database(self) -> Database:
        """Return the open library. Off the GUI thread. Raises LibraryError or StorageError."""
        with self._lock:
            if self._database is None:
                self._database = open_library(_WAIT_S)
            return self._database

    def reopen(self) -> None:
        """Have the file opened anew: it may be another one by now."""
        with self._lock:
            database, self._database = self._database, None
        if database is not None:
            database.close()

    @property
    def is_idle(self) -> bool:
        """Whether all answers were delivered."""
        return all(one.is_idle for one in (self.pages, self.lists, self.counts, self.deeds))
