"""What the app needs of sharing in one call each, away from the thread that draws."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from recorder_app.errors import RecorderError
from recorder_app.library.database import Database
from recorder_app.library.queue import OPEN
from recorder_app.services import destinations, links, sharing, uploads
from recorder_app.services.destinations import DestinationEntry, FieldEntry
from recorder_app.services.library import open_library
from recorder_app.services.links import LinkEntry
from recorder_app.services.sharing import Shared
from recorder_app.services.uploads import UploadEntry
from recorder_app.settings.destinations import DestinationsStore


@dataclass(frozen=True, slots=True)
class SecretsWanted:
    """Sharing needs what neither the keyring nor the environment gives; `problem` is why."""

    destination: str
    fields: tuple[FieldEntry, ...]
    problem: RecorderError | None


@dataclass(frozen=True, slots=True)
class Followed:
    """What is known of uploads: the newest copies, and the destinations there are."""

    uploads: tuple[UploadEntry, ...]
    destinations: tuple[DestinationEntry, ...]

    @property
    def is_moving(self) -> bool:
        """Whether something is being sent, or is about to be."""
        return any(each.job_state in OPEN for each in self.uploads)


def share(recording_id: str, destination: str | None = None) -> Shared | SecretsWanted | None:
    """Share a recording; None where there is no destination yet.

    May wait for the keyring and for a server. Raises RecorderError.
    """
    known = DestinationsStore().read()
    if not known.by_name:
        return None
    with contextlib.closing(open_library()) as database:
        name = destination or sharing.destination_of(database, recording_id)
        if not sharing.has_place(database, recording_id, name):
            fields, problem = destinations.missing_secrets(name)
            if fields:
                return SecretsWanted(name, tuple(fields), problem)
        return sharing.share(database, recording_id, name)


def link(recording_id: str, destination: str | None = None) -> LinkEntry:
    """Return a link to what was shared. Raises RecorderError."""
    with contextlib.closing(open_library()) as database:
        return links.link(database, recording_id, destination)


class Follower:
    """Looks at uploads again and again. For one thread.

    The library stays open as long as something moves, and no longer: it may be put in order, or
    be replaced by a backup of it.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._database: Database | None = None

    def look(self) -> Followed:
        """Return what is known of the newest uploads. Raises RecorderError."""
        known = tuple(destinations.all_destinations())
        if self._database is None:
            self._database = open_library()
        found = Followed(tuple(uploads.list_uploads(self._database, self._limit)), known)
        if not found.is_moving:
            self.close()
        return found

    def close(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            database.close()


def automatic(recording_id: str) -> list[tuple[str, bool]]:
    """Return where a recording goes by itself, and whether its link is wanted at once."""
    known = DestinationsStore().read()
    with contextlib.closing(open_library()) as database:
        going = {each.destination for each in uploads.of_recording(database, recording_id)}
    return [
        (entry.name, entry.after.copy_link)
        for entry in known.by_name.values()
        if entry.is_automatic and entry.name in going
    ]


def pause(*, is_paused: bool) -> None:
    """Pause all uploads that are not done, or have all that rest tried again."""
    with contextlib.closing(open_library()) as database:
        if is_paused:
            uploads.pause(database)
        else:
            uploads.resume(database)


def retry(recording_id: str) -> None:
    """Have the uploads of a recording tried again at once. Raises RecorderError."""
    with contextlib.closing(open_library()) as database:
        uploads.resume(database, [recording_id])
