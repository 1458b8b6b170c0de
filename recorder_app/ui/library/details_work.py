"""What the details panel has done in its background thread.

The library's packages are loaded there, with the first of these calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from recorder_app.services.watching import LibraryWatch

if TYPE_CHECKING:
    from recorder_app.services.details import Details, Names, Together
    from recorder_app.services.links import AudienceEntry, LinkEntry
    from recorder_app.share.destination import LinkKind


def read(
    watch: LibraryWatch, ids: Sequence[str], is_wanted: Callable[[], bool], *, is_forced: bool
) -> Details | Together | None:
    """Return what is known of these recordings; None if nothing changed since.

    None as well when they are not wanted any more: who walks through a list is not kept waiting
    for what was passed by.
    """
    if not is_wanted():
        return None
    from recorder_app.errors import InvalidRequest
    from recorder_app.services import details

    try:
        # Asked in any case, so that what is read now is not read again.
        if not watch.has_changed() and not is_forced:
            return None
        database = watch.database
        if len(ids) == 1:
            return details.details_of(database, ids[0])
        return details.together(database, ids)
    except InvalidRequest:
        raise
    except BaseException:
        # The file may have been replaced: it is opened anew.
        watch.close()
        raise


def known_names(watch: LibraryWatch) -> Names:
    """Return the names that fields can be completed with. Raises LibraryError."""
    from recorder_app.services import details

    return details.known_names(watch.database)


def store(ids: Sequence[str], name: str, value: Any) -> None:
    """Store one field of these recordings. Raises InvalidRequest and LibraryError."""
    from recorder_app.services.catalogue import Changes, edit_all

    if name in ("tags", "untags"):
        value = (value,)
    edit_all(ids, Changes(**{name: value}))


def undo(recording_id: str) -> None:
    from recorder_app.services import editing

    editing.undo(recording_id)


def redo(recording_id: str) -> None:
    from recorder_app.services import editing

    editing.redo(recording_id)


def pause(watch: LibraryWatch, job_id: str) -> None:
    from recorder_app.services import jobs

    jobs.pause_job(watch.database, job_id)


def resume(watch: LibraryWatch, job_id: str) -> None:
    from recorder_app.services import jobs

    jobs.retry_job(watch.database, job_id)


def put_first(watch: LibraryWatch, job_id: str) -> None:
    from recorder_app.services import jobs

    jobs.put_job_first(watch.database, job_id)


# These may ask a server, and so have a thread and a library of their own.


def link(
    watch: LibraryWatch, recording_id: str, destination: str, wanted: str | int | None
) -> LinkEntry:
    """Return a link; `wanted` is its kind, or how many seconds it is to last."""
    from recorder_app.services import links
    from recorder_app.share.destination import LinkKind as Kinds

    kind: LinkKind | None = Kinds(wanted) if isinstance(wanted, str) else None
    lifetime_s = wanted if isinstance(wanted, int) else None
    return links.link(watch.database, recording_id, destination, kind=kind, lifetime_s=lifetime_s)


def audience(watch: LibraryWatch, recording_id: str, destination: str) -> AudienceEntry | None:
    """Return how often the copy there was watched; None where that is not counted."""
    from recorder_app.services import links

    found = links.audience(watch.database, recording_id)
    return next((each for each in found if each.destination == destination), None)


def unshare(watch: LibraryWatch, recording_id: str, destination: str) -> None:
    from recorder_app.services import sharing

    sharing.unshare(watch.database, recording_id, destination)
