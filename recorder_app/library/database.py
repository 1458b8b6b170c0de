"""Opening the database: connections, transactions, and what SQLite's errors mean.

Everything that is SQLite's own (pragmas, error codes, write locks, online backup) is here and in
``search``, so that another database could take its place by its URL.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DatabaseError as SqlError
from sqlalchemy.orm import Session

from recorder_app.errors import LibraryCorrupt, LibraryError, LibraryLocked, RecorderError
from recorder_app.library import schema, search_index
from recorder_app.media.outfile import storage_error
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

# How long a writer waits for another one. Longer than any transaction of ours.
_BUSY_MS = 10_000
# Statements slower than this are logged, to be given an index.
_SLOW_S = 0.2


class Database:
    """A library's database file. Thread-safe; sessions are not.

    Opening brings an older schema up to date, after a backup. Raises LibraryError, and
    StorageError when the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Made by us first, so that nobody else of this machine may read it.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise storage_error(error, path) from error
        self._engine = _engine(path)
        try:
            with translated(path), self._engine.connect() as connection:
                schema.bring_up_to_date(connection, path)
        except BaseException:
            self._engine.dispose()
            raise

    def close(self) -> None:
        self._engine.dispose()

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that sees one state of the library and writes nothing."""
        with translated(self.path), Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session whose changes are kept together, or not at all after an error.

        Writers take their turn from the first statement on: one that reads first and locks later
        would be refused although it waited. Raises LibraryLocked when that takes too long.
        """
        with translated(self.path), Session(self._engine, expire_on_commit=False) as session:
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield session
            search_index.catch_up(session)
            session.commit()

    def check(self) -> list[str]:
        """Return what is wrong with the file, by SQLite's own check; nothing is an empty list."""
        try:
            with translated(self.path), self._engine.connect() as connection:
                rows = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        except LibraryCorrupt as error:
            return [error.message]
        found = [str(row) for row in rows if row != "ok"]
        return found + [f"row of {row[0]} refers to nothing in {row[2]}" for row in broken]

    def back_up(self, target: Path) -> None:
        """Copy the database as it is now to `target`, while others go on using it."""
        copy_database(self.path, target)


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be in use. Raises LibraryError or StorageError."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        with (
            translated(source),
            contextlib.closing(sqlite3.connect(f"file:{_quoted(source)}?mode=ro", uri=True)) as old,
            contextlib.closing(sqlite3.connect(unfinished)) as new,
        ):
            os.chmod(unfinished, 0o600)
            old.backup(new, pages=2000)
            new.execute("PRAGMA journal_mode = DELETE")
        os.replace(unfinished, target)
    except OSError as error:
        raise storage_error(error, target) from error
    finally:
        unfinished.unlink(missing_ok=True)


def problems_of(path: Path) -> list[str]:
    """Return what is wrong with a database nobody writes to, without changing a byte of it."""
    try:
        with (
            translated(path),
            contextlib.closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as file,
        ):
            found = [str(row[0]) for row in file.execute("PRAGMA quick_check")]
    except RecorderError as error:
        return [error.message]
    return [problem for problem in found if problem != "ok"]


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the database's errors into ours."""
    try:
        yield
    except SqlError as error:
        cause = error.orig if isinstance(error.orig, sqlite3.Error) else error
        raise _meaning(cause, path) from error
    except sqlite3.Error as error:
        raise _meaning(error, path) from error


def _meaning(error: BaseException, path: Path) -> RecorderError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    text = str(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryLocked(
            N_("The library is in use by another program."), hint=N_("Try again in a moment.")
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LibraryCorrupt(
            N_("The library's database {path} is damaged ({reason})."),
            hint=N_("“recorder-app library restore” brings a backup back. Recordings are safe."),
            path=path,
            reason=text,
        )
    if code == sqlite3.SQLITE_FULL:
        return storage_error(OSError(28, text), path)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return storage_error(OSError(13, text), path)
    return LibraryError(
        N_("The library cannot be used ({reason})."),
        hint=N_("Recordings are safe. “recorder-app library check” looks at it."),
        reason=text,
    )


def _engine(path: Path) -> Engine:
    engine = sqlalchemy.create_engine(
        f"sqlite:///file:{_quoted(path)}?uri=true",
        # Connections go from thread to thread, one user at a time.
        connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Transactions begin where we say so, not where the driver guesses.
        connection.isolation_level = None
        cursor = connection.cursor()
        # A crash costs nothing; a power cut may cost the last transactions, never the database.
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        cursor.execute("PRAGMA cache_size = -16000")
        cursor.close()

    @event.listens_for(engine, "before_cursor_execute")
    def _begin(connection: Connection, *_: object) -> None:
        connection.info["began_s"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _end(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        took_s = time.perf_counter() - connection.info["began_s"]
        if took_s > _SLOW_S:
            _log.warning(
                "slow query seconds=%.3f statement=%s", took_s, " ".join(statement.split())
            )

    return engine


def _quoted(path: Path) -> str:
    """Return `path` as SQLite's URIs want it."""
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
