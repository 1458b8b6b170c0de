"""Where recordings can be uploaded to: one TOML file beside the settings, without any secret.

What a newer version wrote stays: kinds and keys that are not known here are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from recorder_app import paths
from recorder_app.errors import InvalidRequest, InvalidSettingError, SettingsTooNew
from recorder_app.settings import document
from recorder_app.settings.stored_file import Signature, StoredFile, unreadable
from recorder_app.shapes import converted
from recorder_app.texts import N_

FILE_NAME = "destinations.toml"
_SCHEMA = 1
_HEADER = "# Where recordings are uploaded to. “recorder-app destination” changes it.\n"
_NAME = r"\w[\w .-]{0,39}"

Table = dict[str, Any]


class AfterUpload(msgspec.Struct, frozen=True, kw_only=True):
    """What is done besides uploading.

    `copy_link` puts the link on the clipboard as soon as there is one; the rest is done when all
    has arrived. `free_local` moves the file to the system's trash. `command` is a program with
    arguments, which finds the link in its environment. `webhook` calls an address that is kept
    with the secrets, because whoever knows it may use it.
    """

    copy_link: bool = False
    free_local: bool = False
    command: str = ""
    webhook: bool = False


class StoredDestination(msgspec.Struct, frozen=True, kw_only=True):
    """A destination as it is kept. `configuration` is that of its `kind`, as plain data.

    With `is_automatic` every recording is uploaded there once it is finished, with `as_mp4` as MP4,
    made of it first. `proxy` and `ca_file` are those of its network.
    """

    name: str
    kind: str
    configuration: Mapping[str, Any] = {}
    is_automatic: bool = False
    as_mp4: bool = False
    after: AfterUpload = AfterUpload()
    proxy: str = ""
    ca_file: str = ""


class Destinations(msgspec.Struct, frozen=True, kw_only=True):
    """All destinations by name, the `default` one, and those of projects by the project's name."""

    by_name: Mapping[str, StoredDestination] = {}
    default: str = ""
    projects: Mapping[str, str] = {}

    def get(self, name: str) -> StoredDestination:
        """Return the destination of that name. Raises InvalidRequest."""
        if name in self.by_name:
            return self.by_name[name]
        raise InvalidRequest(
            N_("There is no destination called “{name}”."),
            hint=N_(
                "The settings have all of them; on the command line, “recorder-app destination "
                "list” lists them."
            ),
            name=name,
        )

    def chosen(self, name: str | None, project: str | None) -> StoredDestination:
        """Return the one of that name, else the project's, else the default. InvalidRequest."""
        wanted = name or self.projects.get(project or "", "") or self.default
        if wanted:
            return self.get(wanted)
        raise InvalidRequest(
            N_("There is no destination to upload to."),
            hint=N_(
                "Add one in the settings; on the command line, “recorder-app destination add” does."
            ),
        )


class DestinationsStore:
    """The destinations in the file `path`, that of this user by default. Thread-safe."""

    def __init__(self, path: Path | None = None) -> None:
        self._file = StoredFile(path or paths.config_folder() / FILE_NAME)

    @property
    def path(self) -> Path:
        return self._file.path

    def signature(self) -> Signature:
        """Return what changes with the content of the file."""
        return self._file.signature()

    def read(self) -> Destinations:
        """Return what is in the file; entries that say nothing usable are left out.

        Raises SettingsBroken, or SettingsError where it cannot be read.
        """
        return _interpreted(self._table()[1])

    def put(self, entry: StoredDestination) -> None:
        """Add a destination or replace the one of its name; the first becomes the default.

        Raises InvalidSettingError and SettingsError.
        """
        checked(entry)

        def change(table: Table) -> None:
            known = table.setdefault("destinations", {})
            kept = known.get(entry.name)
            known[entry.name] = (kept if isinstance(kept, dict) else {}) | _as_table(entry)
            if not table.get("default"):
                table["default"] = entry.name

        self._write(change)

    def remove(self, name: str) -> None:
        """Take a destination away, also as a default. Raises InvalidRequest, SettingsError."""
        self.read().get(name)

        def change(table: Table) -> None:
            known = table.get("destinations", {})
            known.pop(name, None)
            if table.get("default") == name:
                table["default"] = next(iter(known)) if len(known) == 1 else ""
            projects = table.get("projects", {})
            for project in [each for each, chosen in projects.items() if chosen == name]:
                del projects[project]

        self._write(change)

    def rename(self, name: str, new: str) -> None:
        """Call a destination `new`, also as a default. Raises InvalidRequest, SettingsError."""
        self.read().get(name)

        def change(table: Table) -> None:
            known = table.get("destinations", {})
            if new in known:
                raise taken(new)
            known[new] = known.pop(name)
            if table.get("default") == name:
                table["default"] = new
            projects = table.get("projects", {})
            projects.update({each: new for each, chosen in projects.items() if chosen == name})

        self._write(change)

    def set_default(self, name: str, project: str | None = None) -> None:
        """Have a destination chosen where none is named, or for the recordings of a project.

        An empty `name` takes the project's own choice away. Raises InvalidRequest, SettingsError.
        """
        if name or project is None:
            self.read().get(name)

        def change(table: Table) -> None:
            if project is None:
                table["default"] = name
            elif name:
                table.setdefault("projects", {})[project] = name
            else:
                table.get("projects", {}).pop(project, None)

        self._write(change)

    def _table(self) -> tuple[bytes, Table]:
        try:
            content = self._file.content()
        except OSError as error:
            raise unreadable(self.path, error) from error
        return content, document.parse(content, self.path)

    def _write(self, change: Callable[[Table], None]) -> None:
        with self._file.alone():
            content, before = self._table()
            schema = before.get("schema", _SCHEMA)
            if type(schema) is int and schema > _SCHEMA:
                raise SettingsTooNew(
                    N_("The destinations were written by a newer version of this program."),
                    hint=N_("Update the program; until then they can be read and not changed."),
                )
            # A copy, also of what is inside.
            after = {"schema": _SCHEMA} | document.parse(content, self.path)
            change(after)
            if after != before:
                self._file.replace(document.changed(content, before, after, _HEADER))


def taken(name: str) -> InvalidRequest:
    """Return the error for a name that another destination has."""
    return InvalidRequest(
        N_("There is a destination called “{name}” already."),
        hint=N_("Choose another name."),
        name=name,
    )


def checked(entry: StoredDestination) -> StoredDestination:
    """Return `entry` if it can be kept. Raises InvalidSettingError."""
    if re.fullmatch(_NAME, entry.name) is None:
        raise InvalidSettingError(
            N_("A destination cannot be called “{name}”."),
            hint=N_("Use at most 40 letters, digits, spaces, dots, - and _."),
            name=entry.name,
        )
    if entry.proxy:
        parts = _address(entry.proxy)
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidSettingError(
                N_("That is no address of a proxy."), hint=N_("Such as http://proxy:3128.")
            )
        if parts.password:
            raise InvalidSettingError(
                N_("A password of a proxy is not kept in a file."),
                hint=N_("Set it in the environment, as HTTPS_PROXY, and leave this empty."),
            )
    if entry.ca_file and not Path(entry.ca_file).is_file():
        raise InvalidSettingError(
            N_("There is no file {path}."),
            hint=N_("Name a PEM file with the certificates that are to be trusted."),
            path=entry.ca_file,
        )
    return entry


def _address(text: str) -> Any:
    try:
        return urlsplit(text)
    except ValueError:
        return None


def _as_table(entry: StoredDestination) -> Table:
    return {
        "kind": entry.kind,
        "automatic": entry.is_automatic,
        "as_mp4": entry.as_mp4,
        "configuration": dict(entry.configuration),
        "proxy": entry.proxy,
        "ca_file": entry.ca_file,
        **msgspec.to_builtins(entry.after),
    }


def _interpreted(table: Table) -> Destinations:
    found: dict[str, StoredDestination] = {}
    listed = table.get("destinations")
    for name, entry in (listed if isinstance(listed, dict) else {}).items():
        try:
            found[name] = converted(
                {
                    "name": name,
                    **entry,
                    "is_automatic": entry.get("automatic", False),
                    "after": {
                        key: entry[key] for key in set(AfterUpload.__struct_fields__) & entry.keys()
                    },
                },
                StoredDestination,
            )
        except (msgspec.ValidationError, TypeError, AttributeError):
            continue
    projects = table.get("projects")
    kept = projects.items() if isinstance(projects, dict) else ()
    default = table.get("default")
    return Destinations(
        by_name=found,
        default=default if isinstance(default, str) else "",
        projects={name: chosen for name, chosen in kept if isinstance(chosen, str)},
    )
