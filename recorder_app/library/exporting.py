"""Everything the library knows, as JSON in one file or as CSV, a file for each table."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from recorder_app.library import schema
from recorder_app.library.models import Base
from recorder_app.media.outfile import storage_error
from recorder_app.media.whole_file import replacing

_MANY = 500


def export_json(session: Session, target: Path) -> dict[str, int]:
    """Write ``{"schema", "exported_at", "tables": {name: [row]}}``; return the rows of each table.

    An existing file is replaced, at the end and as a whole. Raises StorageError.
    """
    counts: dict[str, int] = {}
    with _whole_file(target) as stream:
        head = msgspec.json.encode({"schema": schema.HEAD, "exported_at": datetime.now(UTC)})
        stream.write(head.decode()[:-1] + ', "tables": {')
        for number, name in enumerate(_tables()):
            stream.write(f'{"," if number else ""}\n"{name}": [')
            counts[name] = 0
            for row in _rows(session, name):
                stream.write(",\n" if counts[name] else "\n")
                stream.write(msgspec.json.encode(row).decode())
                counts[name] += 1
            stream.write("]")
        stream.write("}}\n")
    return counts


def export_csv(session: Session, folder: Path) -> dict[str, int]:
    """Write ``TABLE.csv`` into `folder` for each table; return the rows of each.

    The first line names the columns; lists and objects are JSON, times ISO 8601 in UTC. Raises
    StorageError.
    """
    counts: dict[str, int] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise storage_error(error, folder) from error
    for name in _tables():
        with _whole_file(folder / f"{name}.csv") as stream:
            columns = [column.name for column in Base.metadata.tables[name].columns]
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            counts[name] = 0
            for row in _rows(session, name):
                writer.writerow({column: _cell(value) for column, value in row.items()})
                counts[name] += 1
    return counts


def _tables() -> list[str]:
    return [table.name for table in Base.metadata.sorted_tables]


def _rows(session: Session, name: str) -> Iterator[dict[str, Any]]:
    table = Base.metadata.tables[name]
    query = select(table).order_by(*table.primary_key.columns)
    for row in session.execute(query.execution_options(yield_per=_MANY)).mappings():
        yield dict(_plain(row))


def _plain(row: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    for column, value in row.items():
        yield str(column), value


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value


@contextlib.contextmanager
def _whole_file(target: Path) -> Iterator[TextIO]:
    """Yield a text file that takes the place of `target` when all is written."""
    with replacing(target) as stream:
        text = io.TextIOWrapper(stream, "utf-8", newline="")
        yield text
        text.flush()
        # The bytes below are not this wrapper's to close.
        text.detach()
