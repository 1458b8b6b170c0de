"""What the page of destinations has done off the GUI thread: reading, saving, testing, removing.

Every function here may wait for the disk, and all but `look` for the keyring, a person or a server.
What destinations need is loaded by them: the icon in the tray does not wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from recorder_app.errors import (
    InvalidRequest,
    InvalidSettingError,
    RecorderError,
    SecretsError,
)
from recorder_app.settings.destinations import StoredDestination, checked
from recorder_app.texts import N_

if TYPE_CHECKING:
    from recorder_app.pipeline.events import ErrorReport
    from recorder_app.services.destination_renaming import RenamedDestination
    from recorder_app.services.destinations import (
        DestinationEntry,
        FieldEntry,
        KindEntry,
        RemovedDestination,
        TestReport,
    )

# How the form names its fields; those of a kind and secrets are parts of a group.
NAME, PROXY, CA_FILE = "name", "proxy", "ca_file"
CONFIGURATION, SECRET = "configuration.", "secret."


@dataclass(frozen=True)
class Known:
    """What is stored. `about` is of each destination by name, but for kinds nobody knows here."""

    entries: list[DestinationEntry]
    about: Mapping[str, KindEntry]
    kinds: list[KindEntry]


@dataclass(frozen=True)
class Draft:
    """A form as it is to be saved; `secrets` are those that were typed.

    `replaces` is the name of what it takes the place of, empty for a new one.
    """

    entry: StoredDestination
    secrets: Mapping[str, str]
    is_default: bool
    replaces: str


@dataclass(frozen=True)
class Saved:
    """What came of saving. `problem` says why the secrets are not kept, if they are not.

    `renamed` tells of a new name, if it was given one.
    """

    known: Known
    problem: ErrorReport | None = None
    renamed: RenamedDestination | None = None


class FieldRefused(Exception):
    """The field called `field` is why something cannot be saved."""

    def __init__(self, field: str, error: RecorderError) -> None:
        super().__init__(field)
        self.field, self.error = field, error


def look() -> Known:
    """Read the destinations. Raises SettingsError."""
    from recorder_app.services import destinations

    kinds = [destinations.kind_entry(name) for name in destinations.kind_names()]
    names = {kind.name for kind in kinds}
    entries = destinations.all_destinations()
    about = {
        each.name: destinations.kind_entry(each.kind, each.name)
        for each in entries
        if each.kind in names
    }
    return Known(entries, about, kinds)


def save(draft: Draft) -> Saved:
    """Store a destination, and put what was typed of its secrets into the keyring.

    One that has another name is given that last: without it all the rest is stored. Raises
    FieldRefused, InvalidRequest, InvalidSettingError, SettingsError and LibraryError.
    """
    from recorder_app.services import destinations

    _check_parts(draft.entry)
    name = draft.replaces or draft.entry.name
    entry = msgspec.structs.replace(draft.entry, name=name)
    try:
        added = destinations.add(entry, draft.secrets, is_replacing=bool(draft.replaces))
    except InvalidSettingError as error:
        if field := _field_of(draft, error):
            raise FieldRefused(field, _for_forms(error)) from error
        raise
    except InvalidRequest as error:
        if draft.replaces:
            raise
        taken = InvalidRequest(
            N_("There is such a destination already."), hint=N_("Choose another name.")
        )
        raise FieldRefused(NAME, taken) from error
    if draft.is_default and not added.destination.is_default:
        destinations.set_default(name)
    renamed = None if draft.entry.name == name else _renamed(name, draft.entry.name)
    return Saved(look(), added.problem, renamed)


def missing_secrets(name: str) -> tuple[list[FieldEntry], RecorderError | None]:
    """Return which secrets have to be typed, and what is wrong with the keyring, if anything."""
    from recorder_app.services import destinations

    return destinations.missing_secrets(name)


def test(name: str) -> TestReport:
    """Try everything an upload needs. Raises InvalidRequest, InvalidSettingError, SecretsError."""
    from recorder_app.services import destinations

    return destinations.test(name)


def remove(name: str) -> tuple[Known, RemovedDestination]:
    """Forget a destination and its secrets. Raises InvalidRequest and SettingsError."""
    from recorder_app.services import destinations

    removed = destinations.remove(name)
    return look(), removed


def _renamed(name: str, new: str) -> RenamedDestination:
    from recorder_app.services import destination_renaming

    try:
        return destination_renaming.rename(name, new)
    except (InvalidRequest, SecretsError) as error:
        raise FieldRefused(NAME, error) from error


def _check_parts(entry: StoredDestination) -> None:
    """Tell which of the parts that all kinds have is wrong. Raises FieldRefused."""
    for field, cleared in ((NAME, (PROXY, CA_FILE)), (PROXY, (CA_FILE,)), (CA_FILE, ())):
        try:
            checked(msgspec.structs.replace(entry, **dict.fromkeys(cleared, "")))
        except InvalidSettingError as error:
            raise FieldRefused(field, error) from error


def _for_forms(error: InvalidSettingError) -> InvalidSettingError:
    """Return what is wrong in words for who has a form, not a command line."""
    if "variable" in error.details:
        return InvalidSettingError(N_("It is not in the keyring."), hint=N_("Enter it again."))
    return error


def _field_of(draft: Draft, error: RecorderError) -> str:
    """Return which field an error is about, as far as it says so."""
    from recorder_app.services import destinations

    details = error.details
    if details.get("field") in draft.entry.configuration:
        return f"{CONFIGURATION}{details['field']}"
    if "secret" in details:
        about = destinations.kind_entry(draft.entry.kind)
        for each in about.secrets:
            if each.title == details["secret"]:
                return f"{SECRET}{each.name}"
    for name, value in draft.entry.configuration.items():
        if isinstance(value, str) and value and value in str(details.get("address", "")):
            return f"{CONFIGURATION}{name}"
    if draft.entry.ca_file and draft.entry.ca_file == details.get("path"):
        return CA_FILE
    return ""
