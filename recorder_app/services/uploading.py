"""What the app needs of sharing in one call each, away from the thread that draws."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from recorder_app.errors import AuthenticationRejected, RecorderError, SecretsError
from recorder_app.library.database import Database
from recorder_app.library.queue import OPEN
from recorder_app.library.uploads import ARRIVED
from recorder_app.services import destinations, links, sharing, uploads
from recorder_app.services.destinations import DestinationEntry, FieldEntry
from recorder_app.services.library import open_library
from recorder_app.services.links import LinkEntry
from recorder_app.services.sharing import Shared
from recorder_app.services.uploads import UploadEntry
from recorder_app.settings.destinations import DestinationsStore

# Why a key is asked for anew.
_REFUSED = ("authentication_rejected",)


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
    """Share a recording; None where no destination is there, or none was chosen for it.

    May wait for the keyring and for a server. Raises RecorderError.
    """
    return _shared(recording_id, destination, is_again=False)


def share_again(recording_id: str, destination: str | None = None) -> Shared | SecretsWanted | None:
    """Try an upload that failed, or waits, again at once; keys that were refused are asked for.

    As `share` otherwise.
    """
    return _shared(recording_id, destination, is_again=True)


def _shared(
    recording_id: str, destination: str | None, *, is_again: bool
) -> Shared | SecretsWanted | None:
    known = DestinationsStore().read()
    with contextlib.closing(open_library()) as database:
        if destination is None:
            if not sharing.has_destination(database, recording_id, known):
                return None
            destination = sharing.destination_of(database, recording_id)
        copies = uploads.of_recording(database, recording_id)
        copy = next((each for each in copies if each.destination == destination), None)
        code = None if copy is None or copy.error is None else copy.error.get("code")
        if is_again and code in _REFUSED:
            destinations.doubt(destination)
        if copy is None or copy.state not in ARRIVED or copy.is_signed:
            wanted = _secrets_wanted(destination)
            if wanted is not None:
                return wanted
        shared = sharing.share(database, recording_id, destination)
        if is_again:
            # One that waits for its next attempt as well.
            uploads.resume(database, [recording_id])
        return shared


def _secrets_wanted(destination: str) -> SecretsWanted | None:
    fields, problem = destinations.missing_secrets(destination)
    return SecretsWanted(destination, tuple(fields), problem) if fields else None


def link(recording_id: str, destination: str | None = None) -> LinkEntry | SecretsWanted:
    """Return a link to what was shared, or what has to be asked for first. Raises RecorderError."""
    with contextlib.closing(open_library()) as database:
        try:
            return links.link(database, recording_id, destination)
        except (SecretsError, AuthenticationRejected):
            wanted = None if destination is None else _secrets_wanted(destination)
            if wanted is None:
                raise
            return wanted


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


def pause(is_paused: bool) -> None:
    """Pause all uploads that are not done, or go on with those that are paused."""
    with contextlib.closing(open_library()) as database:
        if is_paused:
            uploads.pause(database)
        else:
            uploads.go_on(database)
