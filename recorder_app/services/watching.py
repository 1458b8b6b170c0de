"""Looking at the library again and again, as a window does, without opening it each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recorder_app.library.database import ChangeWatch, Database


class LibraryWatch:
    """Keeps this user's library open between looks. For one thread.

    After an error it is opened anew by the next look: the file may have been replaced.
    """

    def __init__(self) -> None:
        self._database: Database | None = None
        self._changes: ChangeWatch | None = None
        self._version: int | None = None

    @property
    def database(self) -> Database:
        """The open library. Raises LibraryError or StorageError."""
        if self._database is None:
            # Only now: a window is there before the library's packages are.
            from recorder_app.services.library import open_library

            self._database = open_library()
            self._version = None
        return self._database

    def has_changed(self) -> bool:
        """Return whether anything was changed since the last call. Raises LibraryError."""
        if self._changes is None:
            self._changes = self.database.watch()
        version = self._changes.version()
        has_changed = version != self._version
        self._version = version
        return has_changed

    def forget(self) -> None:
        """Have the next look count as the first."""
        self._version = None

    def close(self) -> None:
        """Let the library go; it is opened again when it is needed."""
        if self._changes is not None:
            self._changes.close()
        self._changes = None
        if self._database is not None:
            self._database.close()
        self._database = None
        self._version = None
