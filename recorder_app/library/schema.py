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


def bring_up_to_date(connection: Connection, path: Path) -> None:
    """Migrate the database at `path` if it is older.

    A backup is made first, unless it is new. Raises LibraryTooNew without touching anything when it
    was written by a newer version of this program.
    """
    found = version(connection)
    if found == HEAD:
        return
    if found is not None and found not in _KNOWN:
        raise LibraryTooNew(
            N_("The library {path} was made by a newer version of this program ({found})."),
            hint=N_("Install that version again. Nothing was changed."),
            path=path,
            found=found,
        )
    # Imported only now: both take longer than everything else at the start.
    from recorder_app.library.backups import before_migration
    from recorder_app.library.migrations import upgrade

    connection.rollback()
    if found is not None:
        before_migration(path, datetime.now(UTC))
    _log.info("library migrates from=%s to=%s", found, HEAD)
    upgrade(connection)
