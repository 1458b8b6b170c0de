"""A destination under another name, with all that goes by its name: copies, jobs, choices, keys."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Mapping

import msgspec

from recorder_app.errors import (
    InvalidRequest,
    RecorderError,
    SecretsAbsent,
    SecretsError,
    SecretsRefused,
)
from recorder_app.jobs import credentials
from recorder_app.library import uploads
from recorder_app.library.queue import Session
from recorder_app.pipeline.events import ErrorReport
from recorder_app.pipeline.outcome import report
from recorder_app.services.destinations import (
    DestinationEntry,
    all_destinations,
    check_variables,
)
from recorder_app.services.library import open_library
from recorder_app.settings.destinations import DestinationsStore, StoredDestination, checked, taken
from recorder_app.share import kinds
from recorder_app.share.destination import SecretField
from recorder_app.system.secrets import from_environment, variable_of
from recorder_app.texts import N_

_log = logging.getLogger(__name__)


class RenamedDestination(msgspec.Struct, frozen=True):
    """A destination under its new name.

    `problem` says why keys are in the keyring under the old name still, if they may be. `variables`
    are the environment variables that gave keys to the old name, with what they have to be called
    now.
    """

    destination: DestinationEntry
    problem: ErrorReport | None = None
    variables: Mapping[str, str] = {}


def rename(name: str, new: str) -> RenamedDestination:
    """Call a destination `new`. Its copies, links, jobs, keys, and who has it as default follow.

    All of it is done or nothing, but for old keys that the keyring does not give up. May wait for
    the keyring. Raises InvalidRequest for a name that is taken and while the destination is used,
    InvalidSettingError, SettingsError, LibraryError, and SecretsError where the keyring is locked
    or does not answer.
    """
    store = DestinationsStore()
    known = store.read()
    entry = known.get(name)
    if new == name:
        return RenamedDestination(_listed(store, name))
    if new in known.by_name:
        raise taken(new)
    # What else is wrong with it does not keep it from being called otherwise.
    checked(StoredDestination(name=new, kind=entry.kind))
    check_variables(new, known.by_name.keys() - {name})
    fields = credentials.fields_of(kinds.kind(entry.kind))
    with contextlib.closing(open_library()) as database:
        with database.read() as session:
            _refuse(session, name, new)
        keys, problem = _keys_of(name, fields)
        before = credentials.keep(new, keys)
        is_switched = False
        try:
            # Nobody begins a job meanwhile, and none sees one name here and another one there.
            with database.write() as session:
                _refuse(session, name, new)
                uploads.rename(session, name, new)
                store.rename(name, new)
                is_switched = True
        except RecorderError:
            if is_switched:
                store.rename(new, name)
            credentials.put_back(new, before)
            raise
    credentials.move_given(name, new)
    if keys:
        problem = _forget(name, new, fields, keys)
    return RenamedDestination(
        _listed(store, new),
        None if problem is None else report(problem),
        _variables(name, new, fields),
    )


def _listed(store: DestinationsStore, name: str) -> DestinationEntry:
    return next(each for each in all_destinations(store) if each.name == name)


def _refuse(session: Session, name: str, new: str) -> None:
    """Raise InvalidRequest where the library has something against the new name now."""
    if uploads.is_busy(session, name):
        raise InvalidRequest(
            N_("“{name}” is being used right now."),
            hint=N_("Wait until what is uploaded or deleted there is done, or pause it."),
            name=name,
        )
    if uploads.at(session, new) or uploads.removals_at(session, new):
        # They would be taken for recordings that are shared at this one.
        raise InvalidRequest(
            N_("Recordings are shared still at a destination that was called “{name}”."),
            hint=N_("Choose another name."),
            name=new,
        )


def _keys_of(
    name: str, fields: Iterable[SecretField]
) -> tuple[dict[str, str], SecretsError | None]:
    """Return what the keyring has, or why it is not told where waiting would not help."""
    try:
        return credentials.kept(name, fields), None
    except SecretsAbsent:
        return {}, None
    except SecretsRefused as error:
        return {}, error


def _forget(
    name: str, new: str, fields: Iterable[SecretField], keys: Mapping[str, str]
) -> SecretsError | None:
    """Take the keys of the old name out of the keyring; return why they may be there still."""
    try:
        credentials.forget(name, fields)
        if name.casefold() == new.casefold():
            # Some keyrings take both for the same name: what went with the old one is put back.
            credentials.keep(new, keys)
    except SecretsError as error:
        _log.warning("keys of the old name not forgotten error=%s", error.code)
        return error
    return None


def _variables(name: str, new: str, fields: Iterable[SecretField]) -> dict[str, str]:
    return {
        variable_of(name, each.name): variable_of(new, each.name)
        for each in fields
        if from_environment(name, each.name) is not None
        and from_environment(new, each.name) is None
    }
