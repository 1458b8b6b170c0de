"""The schema's version, and bringing an older one up to date.

The versions are Alembic's (``migrations/versions``). Alembic itself is imported only when there is
something to do: opening a library that is up to date costs one query.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from recorder_app.errors import LibraryTooNew
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

# The newest revision of migrations/versions, and all there are; a test compares.
HEAD = "0001"
_KNOWN = ("0001",)


def version(connection: Connection) -> str | None:
    """Return the database's revision; None for an empty one."""
    found = connection.exec_driver_sql(
        "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    ).scalar()
    if not found:
        return None
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if revision is None else str(revision)


def is_known(revision: str | None) -> bool:
    """Return whether this program can work with a database of `revision`."""
    return revision is None or revision in _KNOWN


def refuse_newer(revision: str | None, path: Path) -> None:
    """Raise LibraryTooNew when `revision` was written by a newer version of this program."""
    if not is_known(revision):
        raise LibraryTooNew(
            N_("The library {path} was made by a newer version of this program ({found})."),
            hint=N_("Install that version again. Nothing was changed."),
            path=path,
            found=revision,
        )


def bring_up_to_date(connection: Connection, path: Path | None) -> None:
    """Migrate the database at `path` if it is older; a backup is made first, unless it is new.

    Without a path there is no backup. Raises LibraryError or StorageError.
    """
    found = version(connection)
    if found == HEAD:
        return
    # Imported only now: both take longer than everything else at the start.
    from recorder_app.library.backups import back_up
    from recorder_app.library.migrations import upgrade

    connection.rollback()
    if found is not None and path is not None:
        back_up(path, datetime.now(UTC), "before-update")
    _log.info("library migrates from=%s to=%s", found, HEAD)
    upgrade(connection)
