"""Exporting everything this user's library knows."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from recorder_app.library import exporting
from recorder_app.services.library import open_library


class ExportReport(msgspec.Struct, frozen=True):
    """Where it went, and how many rows of each table."""

    path: str
    rows: dict[str, int]


def export_json(target: Path) -> ExportReport:
    """Write one JSON file, replacing what is there. Raises LibraryError or StorageError."""
    with contextlib.closing(open_library()) as database, database.read() as session:
        return ExportReport(str(target), exporting.export_json(session, target))


def export_csv(folder: Path) -> ExportReport:
    """Write a CSV file for each table into `folder`. Raises LibraryError or StorageError."""
    with contextlib.closing(open_library()) as database, database.read() as session:
        return ExportReport(str(folder), exporting.export_csv(session, folder))
