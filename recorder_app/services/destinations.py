"""Where recordings can be uploaded to: adding, listing, testing and removing destinations."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints

import msgspec

from recorder_app.errors import (
    InvalidRequest,
    InvalidSettingError,
    RecorderError,
    SecretsAbsent,
    SecretsError,
)
from recorder_app.jobs import credentials, opening
from recorder_app.library import uploads
from recorder_app.library.queue import UNFINISHED
from recorder_app.pipeline.events import ErrorReport
from recorder_app.pipeline.outcome import report
from recorder_app.services.library import open_library
from recorder_app.settings.destinations import (
    AfterUpload,
    DestinationsStore,
    StoredDestination,
    checked,
)
from recorder_app.settings.fields import described
from recorder_app.share import kinds
from recorder_app.share.destination import Network
from recorder_app.system.secrets import variable_of
from recorder_app.texts import N_, translate


class FieldEntry(msgspec.Struct, frozen=True):
    """Something to fill in: a field of a configuration, or a secret with its `variable`.

    `choices` are all values there are, if only some are taken. `is_folder` says that the text names
    a folder of this computer.
    """

    name: str
    title: str
    help: str
    is_optional: bool
    default: Any = None
    variable: str = ""
    choices: tuple[str, ...] = ()
    is_folder: bool = False


class KindEntry(msgspec.Struct, frozen=True):
    """A kind of destination, and what it wants to know."""

    name: str
    title: str
    fields: list[FieldEntry]
    secrets: list[FieldEntry]


class DestinationEntry(msgspec.Struct, frozen=True):
    """A destination as lists and --json show it; never with a secret."""

    name: str
    kind: str
    configuration: Mapping[str, Any]
    is_default: bool
    projects: list[str]
    is_automatic: bool
    as_mp4: bool
    after: AfterUpload
    proxy: str
    ca_file: str


class FindingEntry(msgspec.Struct, frozen=True):
    """One thing that was tried, and what is wrong with it."""

    check: str
    is_fine: bool
    code: str = ""
    message: str = ""
    hint: str = ""


class TestReport(msgspec.Struct, frozen=True):
    name: str
    is_fine: bool
    findings: list[FindingEntry]


class AddedDestination(msgspec.Struct, frozen=True):
    """What was added. `problem` says why its secrets are not kept, if they are not."""

    destination: DestinationEntry
    problem: ErrorReport | None = None


class RemovedDestination(msgspec.Struct, frozen=True):
    """What was removed, and the ids of the recordings that stay shared there.

    `problem` says why its secrets may be in the keyring still, if they may.
    """

    name: str
    still_shared: list[str]
    problem: ErrorReport | None = None


def kind_names() -> tuple[str, ...]:
    return kinds.names()


def kind_entry(name: str, destination: str = "") -> KindEntry:
    """Return what the kind `name` wants to know. Raises InvalidSettingError."""
    kind = kinds.kind(name)
    hints = get_type_hints(kind.configuration, include_extras=True)
    fields = []
    for each in msgspec.structs.fields(kind.configuration):
        meta, form = described(hints[each.name])
        default = None if each.required else each.default
        if default is msgspec.NODEFAULT and each.default_factory is not msgspec.NODEFAULT:
            default = each.default_factory()
        fields.append(
            FieldEntry(
                each.name,
                translate(meta.title or each.name),
                translate(meta.description or ""),
                not each.required,
                default,
                choices=form.choices,
                is_folder=form.kind == "folder",
            )
        )
    secrets = [
        FieldEntry(
            each.name,
            translate(each.title),
            translate(each.help),
            each.is_optional,
            variable=variable_of(destination, each.name),
        )
        for each in credentials.fields_of(kind)
    ]
    return KindEntry(kind.name, translate(kind.title), fields, secrets)


def all_destinations(store: DestinationsStore | None = None) -> list[DestinationEntry]:
    """Return all destinations in the order they were added. Raises SettingsError."""
    known = (store or DestinationsStore()).read()
    return [_entry(each, known.default, known.projects) for each in known.by_name.values()]


def add(
    entry: StoredDestination, secrets: Mapping[str, str], *, is_replacing: bool = False
) -> AddedDestination:
    """Add a destination, and put its secrets into the keyring.

    Where the keyring does not keep them a new destination is added all the same, and the problem
    told. One that is there already is changed with its secrets or not at all: old ones are for the
    server that it had before. May wait for the keyring. Raises InvalidRequest, InvalidSettingError,
    SettingsError, and SecretsError when nothing was changed for that.
    """
    store = DestinationsStore()
    is_known = entry.name in store.read().by_name
    if is_known and not is_replacing:
        raise InvalidRequest(
            N_("There is a destination called “{name}” already."),
            hint=N_("Add --replace to configure it anew, or choose another name."),
            name=entry.name,
        )
    checked(entry)
    kind = kinds.kind(entry.kind)
    if not is_known:
        check_variables(entry.name, store.read().by_name)
    configuration = opening.configuration_of(entry, kind)
    plain = {
        name: value
        for name, value in msgspec.to_builtins(configuration).items()
        if value != _defaults(kind.configuration).get(name)
    }
    entry = msgspec.structs.replace(entry, configuration=plain)
    problem: SecretsError | None = None
    known = dict(secrets)
    try:
        known = credentials.secrets_of(entry.name, kind.secrets) | known
    except SecretsError as error:
        problem = error
    if all(each.is_optional or known.get(each.name) for each in kind.secrets):
        # Says what is wrong with them before anything is kept.
        kind.open(configuration, known, Network()).close()
    elif problem is None:
        missing = next(e for e in kind.secrets if not e.is_optional and not known.get(e.name))
        raise InvalidSettingError(
            N_("“{secret}” is missing."),
            hint=N_("Enter it when asked, on standard input with --secrets, or set {variable}."),
            secret=translate(missing.title),
            variable=variable_of(entry.name, missing.name),
        )
    # First the secrets: whoever is ended in between adds it again, and no old secret goes to a new
    # server.
    before: Mapping[str, str | None] = {}
    try:
        before = credentials.keep(entry.name, secrets)
    except SecretsError as error:
        if is_known and not isinstance(error, SecretsAbsent):
            raise
        problem = error
    try:
        store.put(entry)
    except RecorderError:
        credentials.put_back(entry.name, before)
        raise
    if problem is not None:
        credentials.remember(entry.name, secrets)
    added = next(each for each in all_destinations(store) if each.name == entry.name)
    return AddedDestination(added, None if problem is None else report(problem))


def test(name: str) -> TestReport:
    """Try everything an upload needs. Raises InvalidRequest, InvalidSettingError, SecretsError."""
    entry = opening.stored(name)
    with opening.opened(entry) as destination:
        found = destination.test()
    if any(isinstance(each.problem, opening.REFUSALS) for each in found):
        credentials.doubted(name)
    findings = [
        FindingEntry(each.check.value, True)
        if each.problem is None
        else FindingEntry(
            each.check.value, False, each.problem.code, each.problem.message, each.problem.hint
        )
        for each in found
    ]
    return TestReport(name, all(each.is_fine for each in findings), findings)


def remove(name: str) -> RemovedDestination:
    """Forget a destination and its secrets.

    Raises SettingsError, and InvalidRequest while something is being uploaded or is to be deleted
    there.
    """
    store = DestinationsStore()
    entry = store.read().get(name)
    with contextlib.closing(open_library()) as database, database.read() as session:
        rows = uploads.at(session, name)
        for row in rows:
            job = uploads.job_of(session, row)
            if job is not None and job.state in UNFINISHED:
                raise InvalidRequest(
                    N_("Something is being uploaded to “{name}”."),
                    hint=N_(
                        "Wait until it is done, or stop sharing it; on the command line, "
                        "“recorder-app unshare” does."
                    ),
                    name=name,
                )
        if uploads.removals_at(session, name):
            raise InvalidRequest(
                N_("Something is to be deleted at “{name}” still, which needs its keys."),
                hint=N_(
                    "Try it again below the library, or cancel it; on the command line, "
                    "“recorder-app jobs” shows it."
                ),
                name=name,
            )
        left = [row.recording_id for row in rows]
    problem: SecretsError | None = None
    try:
        credentials.forget(name, credentials.fields_of(kinds.kind(entry.kind)))
    except (InvalidSettingError, SecretsAbsent):
        # Of a kind that is not known, or where there is no keyring, nothing is kept.
        pass
    except SecretsError as error:
        problem = error
    store.remove(name)
    return RemovedDestination(name, left, None if problem is None else report(problem))


def set_default(name: str, project: str | None = None) -> list[DestinationEntry]:
    """Choose where to upload to where nothing else is said, or for a project's recordings."""
    store = DestinationsStore()
    store.set_default(name, project)
    return all_destinations(store)


def missing_secrets(name: str) -> tuple[list[FieldEntry], RecorderError | None]:
    """Return which secrets of a destination have to be asked for, and what is wrong, if anything.

    May wait for the keyring. Raises InvalidRequest and InvalidSettingError.
    """
    entry = opening.stored(name)
    problem: SecretsError | None = None
    found: Mapping[str, str] = {}
    try:
        found = credentials.secrets_of(name, kinds.kind(entry.kind).secrets)
    except SecretsError as error:
        problem = error
    fields = kind_entry(entry.kind, name).secrets
    missing = [each for each in fields if not each.is_optional and each.name not in found]
    return missing, problem


def doubt(name: str) -> None:
    """Have the keys of a destination looked up, or asked for, anew."""
    credentials.doubted(name)


def use_secrets(name: str, values: Mapping[str, str]) -> None:
    """Use these secrets of a destination until this process ends. Raises InvalidRequest."""
    opening.stored(name)
    credentials.remember(name, {each: value for each, value in values.items() if value})


def check_variables(name: str, others: Iterable[str]) -> None:
    """Raise InvalidRequest where the environment variables of another one would be those of `name`.

    Its keys would be sent to the wrong server.
    """
    variable = variable_of(name, "")
    for other in others:
        if variable_of(other, "") == variable:
            raise InvalidRequest(
                N_("The keys of “{name}” and “{other}” would have the same environment variables."),
                hint=N_("Choose a name that has other letters or digits."),
                name=name,
                other=other,
            )


def _entry(each: StoredDestination, default: str, projects: Mapping[str, str]) -> DestinationEntry:
    return DestinationEntry(
        each.name,
        each.kind,
        each.configuration,
        each.name == default,
        sorted(project for project, name in projects.items() if name == each.name),
        each.is_automatic,
        each.as_mp4,
        each.after,
        each.proxy,
        each.ca_file,
    )


def _defaults(configuration: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        each.name: each.default
        for each in msgspec.structs.fields(configuration)
        if not each.required
    }
