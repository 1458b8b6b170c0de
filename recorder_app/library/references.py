"""Rows that refer to rows which are not there: a fault of the contents, not of the file.

Our own connections never make any. Other programs may.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

# Taking a row away takes along what belongs to it, which may have been broken itself.
_MOST_ROUNDS = 10


class Broken(NamedTuple):
    """A row of `table` whose `column` refers to nothing in `parent`.

    `may_stay` says that the row is as good without what it refers to.
    """

    table: str
    row: int
    parent: str
    column: str
    may_stay: bool

    def __str__(self) -> str:
        return f"row of {self.table} refers to nothing in {self.parent}"


def broken(session: Session) -> Sequence[Broken]:
    """Return what refers to nothing."""
    connection = session.connection()
    rules: dict[tuple[str, int], tuple[str, bool]] = {}
    found = []
    for table, row, parent, key in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        if (table, key) not in rules:
            for each in connection.exec_driver_sql(f'PRAGMA foreign_key_list("{table}")').all():
                rules[table, each[0]] = each[3], each[6] == "SET NULL"
        found.append(Broken(table, row, parent, *rules[table, key]))
    return found


def repair(session: Session) -> Sequence[Broken]:
    """Do what would have been done when the rows went that are missing; return what was broken.

    What belonged to them goes as well, what only named them stays. Needs the write lock.
    """
    repaired: list[Broken] = []
    for _ in range(_MOST_ROUNDS):
        found = broken(session)
        for each in found:
            session.connection().exec_driver_sql(
                f'UPDATE "{each.table}" SET "{each.column}" = NULL WHERE rowid = ?'
                if each.may_stay
                else f'DELETE FROM "{each.table}" WHERE rowid = ?',
                (each.row,),
            )
        repaired += found
        if not found:
            break
    return repaired
