"""Planning and applying retention rules on this user's library."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import msgspec

from recorder_app.library import retention
from recorder_app.library.retention import Deletion, Rules
from recorder_app.services.library import open_library
from recorder_app.services.removing import RemovalReport, purge
from recorder_app.services.safekeeping import opened_library
from recorder_app.settings.store import SettingsStore

GB = 1_000_000_000


class RetentionReport(msgspec.Struct, frozen=True):
    """What the rules delete. Space is freed when it leaves the library's trash: `purged` tells."""

    is_applied: bool
    deletions: list[Deletion]
    freed_bytes: int
    sessions_thinned: int = 0
    purged: RemovalReport | None = None


def rules_of(
    older_than_days: float | None,
    total_gb: float | None,
    project: str | None,
    *,
    keep_favourites: bool,
    only_uploaded: bool,
) -> Rules:
    """Return rules from what a person gives: days and 10^9 bytes."""
    most = None if total_gb is None else int(total_gb * GB)
    return Rules(older_than_days, most, project, keep_favourites, only_uploaded)


def stored_rules(store: SettingsStore) -> Rules:
    """Return the rules in the stored settings.

    Raises what is wrong with one of them: its default could delete more than a person wanted.
    """
    for problem in store.problems:
        if str(problem.details.get("key", "")).partition(".")[0] == "library":
            raise problem
    library = store.current.library
    return rules_of(
        library.delete_after_days or None,
        library.delete_over_gb or None,
        library.delete_project or None,
        keep_favourites=library.keep_favourites,
        only_uploaded=library.only_uploaded,
    )


def plan(rules: Rules) -> RetentionReport:
    """Return what `rules` would delete now; nothing is changed."""
    with contextlib.closing(open_library()) as database, database.read() as session:
        return _report(retention.plan(session, rules, datetime.now(UTC)), is_applied=False)


def apply(rules: Rules, *, purge_days: float | None = None) -> RetentionReport:
    """Put what `rules` delete into the library's trash, and thin old sessions.

    With `purge_days`, what was in the trash that long goes to the system's trash.
    """
    now = datetime.now(UTC)
    with opened_library() as database, database.write() as session:
        deletions = retention.apply(session, rules, now)
        thinned = retention.thin_sessions(session, now)
    purged = None if purge_days is None else purge(purge_days)
    return _report(deletions, is_applied=True, thinned=thinned, purged=purged)


def _report(
    deletions: list[Deletion],
    *,
    is_applied: bool,
    thinned: int = 0,
    purged: RemovalReport | None = None,
) -> RetentionReport:
    freed = sum(deletion.freed_bytes for deletion in deletions)
    return RetentionReport(is_applied, deletions, freed, thinned, purged)
