"""Figures of this user's library, and what is about to become too much."""

from __future__ import annotations

import contextlib
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from recorder_app import paths
from recorder_app.library import statistics
from recorder_app.library.statistics import Figures
from recorder_app.services.library import open_library
from recorder_app.services.preferences import recordings_folder
from recorder_app.texts import N_, translate

# Of the limit a person set, and of a disk.
LIMIT_ALERT = 0.8
DISK_ALERT = 0.85
_SLOW = re.compile(r"slow query seconds=([0-9.]+) statement=(.*)")


class DiskFigures(msgspec.Struct, frozen=True):
    """A disk with recordings on it; `folder` is one of their folders."""

    folder: str
    total_bytes: int
    free_bytes: int


class SlowQueries(msgspec.Struct, frozen=True):
    """What the log says, as far back as it goes."""

    count: int = 0
    slowest_s: float = 0.0
    slowest: str = ""


class Statistics(msgspec.Struct, frozen=True):
    """`alerts` are lines for a person."""

    figures: Figures
    limit_bytes: int | None
    disks: list[DiskFigures]
    slow_queries: SlowQueries
    alerts: list[str]


def statistics_of_library(limit_bytes: int | None = None) -> Statistics:
    """Return the figures; `limit_bytes` is how much a person wants the library to take at most.

    Raises LibraryError or StorageError.
    """
    with contextlib.closing(open_library()) as database, database.read() as session:
        figures = statistics.figures(session, datetime.now(UTC))
        folders = statistics.folders(session)
    disks = _disks([*folders, recordings_folder()])
    # What is in the trash takes its space as well.
    used = figures.total.size_bytes + figures.trash.size_bytes
    alerts = []
    if limit_bytes is not None and used >= LIMIT_ALERT * limit_bytes:
        alerts.append(
            translate(
                N_("The recordings take {share:.0%} of the {limit:.1f} GB you want at most."),
                share=used / limit_bytes,
                limit=limit_bytes / 1e9,
            )
        )
    for disk in disks:
        share = 1 - disk.free_bytes / disk.total_bytes
        if share >= DISK_ALERT:
            alerts.append(
                translate(
                    N_("The disk of {folder} is {share:.0%} full."), folder=disk.folder, share=share
                )
            )
    return Statistics(figures, limit_bytes, disks, _slow_queries(), alerts)


def _disks(folders: list[Path]) -> list[DiskFigures]:
    found: dict[int, DiskFigures] = {}
    for folder in folders:
        try:
            device = folder.stat().st_dev
            if device not in found:
                usage = shutil.disk_usage(folder)
                # "Used" is what the user cannot have: some of it is kept for the system.
                total = usage.used + usage.free
                # Some mounts do not say how large they are.
                if total > 0:
                    found[device] = DiskFigures(str(folder), total, usage.free)
        except OSError:
            # Unplugged, or moved away.
            continue
    return list(found.values())


def _slow_queries() -> SlowQueries:
    found: list[tuple[float, str]] = []
    for log in paths.log_folder().glob("recorder-app.log*"):
        with contextlib.suppress(OSError):
            found += [
                (float(seconds), statement)
                for seconds, statement in _SLOW.findall(log.read_text("utf-8", "replace"))
            ]
    slowest = max(found, default=(0.0, ""))
    return SlowQueries(len(found), *slowest)
