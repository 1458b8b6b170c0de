"""Running Alembic without its files: no ini, no env.py, no scripts found by luck."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from recorder_app.errors import LibraryCorrupt
from recorder_app.texts import N_


def upgrade(connection: Connection, target: str = "head") -> None:
    """Bring the schema to revision `target`, all of it or nothing.

    Two programs may start at the same time: the second waits, and then finds nothing to do.
    Raises LibraryCorrupt when rows would refer to nothing afterwards.
    """
    scripts = ScriptDirectory(str(Path(__file__).parent))
    # Foreign keys off, outside the transaction: rebuilding a table would delete what refers to it.
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    # And a table may be rebuilt although triggers of others name it. Its own go with it: a
    # revision that rebuilds one makes them again.
    connection.exec_driver_sql("PRAGMA legacy_alter_table = ON")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        context = MigrationContext.configure(
            connection,
            opts={
                "fn": lambda revision, _context: scripts._upgrade_revs(target, revision),
                "transactional_ddl": False,
            },
        )
        with Operations.context(context):
            context.run_migrations()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise LibraryCorrupt(
                N_("The library could not be brought up to date: {count} rows are damaged."),
                hint=N_(
                    "Recordings are safe. On the command line, “recorder-app library restore” "
                    "brings a backup back."
                ),
                count=len(broken),
            )
        connection.commit()
    except CommandError as error:
        connection.rollback()
        raise LibraryCorrupt(
            N_("The library could not be brought up to date ({reason})."), reason=error
        ) from error
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.exec_driver_sql("PRAGMA legacy_alter_table = OFF")
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.rollback()
