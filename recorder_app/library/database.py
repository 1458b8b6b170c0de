"""Opening the database: connections, transactions, and what SQLite's errors mean.

Everything that is SQLite's own (pragmas, error codes, write locks, online backup) is here and in
``files``, ``sqlite_errors`` and ``search``, so that another database could take its place.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy
from sqlalchemy import Connection, Engine, FromClause, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.orm import Session

from recorder_app.errors import LibraryCorrupt
from recorder_app.library import references, schema, search_index, usage
from recorder_app.library.files import copy_database, quoted, revision_of
from recorder_app.library.sqlite_errors import corrupt, locked, translated
from recorder_app.media.outfile import storage_error

_log = logging.getLogger(__name__)

# How long a writer waits for another one. Longer than any transaction of ours.
_WAIT_S = 10.0
# Statements slower than this are logged, to be given an index.
_SLOW_S = 0.2
_SHOWN = 800
# A library has its first table long before it is as old.
_NEW_S = 10.0
_BEGIN = "BEGIN IMMEDIATE"
# From its first statement on a reader sees one state, whatever others write meanwhile.
_BEGIN_READING = "BEGIN DEFERRED"


class Database:
    """A library's database file. Thread-safe; sessions are not.

    Opening brings an older schema up to date, after a backup, and checks the file when a process
    ended without closing it: a damaged one is never opened. Raises LibraryError, and StorageError
    when the file cannot be made. `is_scratch` is for a copy nobody else knows of: without backup
    and without a note that it is in use. `wait_s` is how long it waits for another writer.
    """

    def __init__(self, path: Path, *, is_scratch: bool = False, wait_s: float = _WAIT_S) -> None:
        self.path = path
        self._wait_s = wait_s
        self._turn = threading.Lock()
        self._is_noted = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Made by us first, so that nobody else of this machine may read it.
            try:
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            except FileExistsError:
                _refuse_emptied(path)
        except OSError as error:
            raise storage_error(error, path) from error
        # Looked at before the first connection that may write, be it only the journal's mode.
        schema.refuse_newer(revision_of(path), path)
        crashed: list[Path] = []
        if not is_scratch:
            _, crashed = usage.others(path)
            usage.begin(path)
            self._is_noted = True
        self._engine = _engine(path, wait_s)
        try:
            with translated(path), self._engine.connect() as connection:
                if crashed:
                    _check_after_crash(connection, path)
                schema.bring_up_to_date(connection, None if is_scratch else path)
            self._catch_up()
        except BaseException:
            self.close()
            raise
        # Only now: a damaged database is refused again the next time.
        for marker in crashed:
            with contextlib.suppress(OSError):
                marker.unlink(missing_ok=True)

    def _catch_up(self) -> None:
        """Index what another program, or a new version of the schema, changed."""
        with self.read() as session:
            is_behind = search_index.is_behind(session)
        if is_behind:
            with self.write():
                pass

    def close(self) -> None:
        self._engine.dispose()
        if self._is_noted:
            self._is_noted = False
            usage.end(self.path)

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that sees one state of the library and writes nothing.

        Not to be kept for long: the log of what is written meanwhile grows until it ends.
        """
        with translated(self.path), Session(self._engine, expire_on_commit=False) as session:
            session.connection().exec_driver_sql(_BEGIN_READING)
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session whose changes are kept together, or not at all after an error.

        Writers take their turn from the first statement on: one that reads first and locks later
        would be refused although it waited. Those of one process take turns among themselves first:
        SQLite's own waiting is not fair. Raises LibraryLocked when it takes too long.
        """
        if not self._turn.acquire(timeout=self._wait_s):
            raise locked()
        try:
            with translated(self.path), Session(self._engine, expire_on_commit=False) as session:
                session.connection().exec_driver_sql(_BEGIN)
                yield session
                search_index.catch_up(session)
                session.commit()
        finally:
            self._turn.release()

    def watch(self) -> ChangeWatch:
        """Return what tells whether anybody changed the library. Raises LibraryError."""
        with translated(self.path):
            return ChangeWatch(self._engine.connect(), self.path)

    def compact(self) -> None:
        """Write the log back into the file and empty it. Raises LibraryError."""
        with translated(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()

    def damage(self) -> list[str]:
        """Return what is wrong with the file, by SQLite's own check; nothing is an empty list."""
        try:
            with translated(self.path), self._engine.connect() as connection:
                rows = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
        except LibraryCorrupt as error:
            return [error.message]
        return [str(row) for row in rows if row != "ok"]

    def loose_rows(self) -> list[str]:
        """Return which rows refer to nothing; ``repair`` puts that right. Raises LibraryError."""
        with self.read() as session:
            return list(map(str, references.broken(session)))

    def check(self) -> list[str]:
        """Return everything that is wrong: the file's damage or, in a whole file, loose rows."""
        return self.damage() or self.loose_rows()

    def repair(self) -> list[str]:
        """Put rows right that refer to nothing; return which. Raises LibraryError."""
        with self.write() as session:
            return list(map(str, references.repair(session)))

    def back_up(self, target: Path) -> None:
        """Copy the database as it is now to `target`, while others go on using it."""
        copy_database(self.path, target)


class ChangeWatch:
    """Tells of changes by any process, this one as well. For one thread at a time."""

    def __init__(self, connection: Connection, path: Path) -> None:
        # A connection of its own: SQLite counts the changes that others made.
        self._connection = connection
        self._path = path

    def version(self) -> int:
        """Return a number that is another one after each change. Raises LibraryError."""
        with translated(self._path):
            number = self._connection.exec_driver_sql("PRAGMA data_version").scalar_one()
            # No transaction stays open, which would hold the log back.
            self._connection.rollback()
            return int(number)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def _refuse_emptied(path: Path) -> None:
    """Raise LibraryCorrupt for a file without a byte that was a library once."""
    # Imported only now: that one needs this one.
    from recorder_app.library.backups import backups

    found = path.stat()
    # Another process may be making it right now.
    is_new = abs(time.time() - found.st_mtime) < _NEW_S
    if not found.st_size and not is_new and backups(path):
        raise corrupt(path, "it is empty")


def _check_after_crash(connection: Connection, path: Path) -> None:
    _log.warning("library was not closed; checking it path=%s", path)
    problems = [str(row) for row in connection.exec_driver_sql("PRAGMA quick_check(1)").scalars()]
    connection.rollback()
    if problems != ["ok"]:
        raise corrupt(path, problems[0] if problems else "")


class _Compiler(SQLiteCompiler):
    """SQLAlchemy's, which leaves out which index a query is to use."""

    def get_from_hint_text(
        self,
        table: FromClause,  # noqa: ARG002 - the base class passes it
        text: str | None,
    ) -> str | None:
        return text


def _engine(path: Path, wait_s: float) -> Engine:
    engine = sqlalchemy.create_engine(
        f"sqlite:///file:{quoted(path)}?uri=true",
        # Connections go from thread to thread, one user at a time.
        connect_args={"check_same_thread": False, "timeout": wait_s},
    )

    engine.dialect.statement_compiler = _Compiler

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Transactions begin where we say so, not where the driver guesses.
        connection.isolation_level = None
        cursor = connection.cursor()
        # A crash costs nothing; a power cut may cost the last transactions, never the database.
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {int(wait_s * 1000)}")
        cursor.execute("PRAGMA cache_size = -16000")
        cursor.close()

    @event.listens_for(engine, "before_cursor_execute")
    def _begin(connection: Connection, *_: object) -> None:
        connection.info["began_s"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _end(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        took_s = time.perf_counter() - connection.info["began_s"]
        # Waiting for another writer is no fault of a statement.
        if took_s > _SLOW_S and statement != _BEGIN:
            # A list of ten thousand ids tells nothing.
            shown = " ".join(statement.split())[:_SHOWN]
            _log.warning("slow query seconds=%.3f statement=%s", took_s, shown)

    return engine
