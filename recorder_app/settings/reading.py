"""From the file's content to settings: what is wrong falls back alone, and is told."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from recorder_app.errors import InvalidSettingError, RecorderError, SettingsTooNew
from recorder_app.settings import declaration
from recorder_app.settings.app_areas import Preset
from recorder_app.settings.areas import Settings
from recorder_app.settings.declaration import AREAS, PRESETS, Setting
from recorder_app.texts import N_

Table = dict[str, Any]
Migration = Callable[[Table], Table]

# The migration at index 0 leads from schema 1 to 2, and so on. Pure: each gets a copy.
MIGRATIONS: tuple[Migration, ...] = ()
SCHEMA_KEY = "schema"


class Loaded(msgspec.Struct, frozen=True):
    """Settings as read, and what was wrong: each problem is a text for a person."""

    settings: Settings
    problems: tuple[RecorderError, ...] = ()


def schema_of(migrations: Sequence[Migration]) -> int:
    """Return the schema that we write."""
    return len(migrations) + 1


def migrated(table: Table, migrations: Sequence[Migration]) -> Table:
    """Return a copy of `table` in our schema. One of a newer schema is returned as it is."""
    found = table.get(SCHEMA_KEY, 1)
    schema = found if type(found) is int and found >= 1 else 1
    table = copy.deepcopy(table)
    for migration in migrations[schema - 1 :]:
        table = migration(table)
    if schema < schema_of(migrations):
        table[SCHEMA_KEY] = schema_of(migrations)
    return table


def is_too_new(table: Table, migrations: Sequence[Migration]) -> bool:
    """Return whether a newer version of the program wrote `table`."""
    schema = table.get(SCHEMA_KEY, 1)
    return type(schema) is int and schema > schema_of(migrations)


def interpreted(table: Table, migrations: Sequence[Migration] = MIGRATIONS) -> Loaded:
    """Return the settings in `table` of whatever schema. Raises nothing for wrong content."""
    problems: list[RecorderError] = []
    if is_too_new(table, migrations):
        problems.append(too_new())
    found: dict[str, Any] = {}
    for area, content in migrated(table, migrations).items():
        if area == SCHEMA_KEY:
            continue
        if area not in AREAS:
            keys = [*AREAS, *(one.key for one in declaration.all_settings())]
            problems.append(declaration.unknown(area, keys))
        elif not isinstance(content, dict):
            problems.append(_no_table(area))
        elif area == PRESETS:
            found[area] = dict(_presets(content, problems))
        else:
            kind = type(getattr(Settings(), area))
            found[area] = kind(**_values(declaration.settings_of(area), area, content, problems))
    given = {
        f"{area}.{name}"
        for area, content in table.items()
        if isinstance(content, dict)
        for name in content
    }
    return Loaded(_without_clashes(Settings(**found), given, problems), tuple(problems))


def too_new() -> SettingsTooNew:
    return SettingsTooNew(
        N_("The settings were written by a newer version of this program."),
        hint=N_("Update the program; until then they can be read and not changed."),
    )


def shortcuts_of(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield each shortcut that is set, with its key."""
    for name in settings.shortcuts.__struct_fields__:
        if text := getattr(settings.shortcuts, name):
            yield f"shortcuts.{name}", text
    for name, preset in settings.presets.items():
        if preset.shortcut:
            yield f"{PRESETS}.{name}.shortcut", preset.shortcut


def as_table(settings: Settings) -> Table:
    """Return what differs from the defaults, as the file has it."""
    table: Table = {}
    for one in declaration.all_settings():
        area, _, name = one.key.partition(".")
        value = getattr(getattr(settings, area), name)
        if value != one.default:
            table.setdefault(area, {})[name] = value
    if settings.presets:
        table[PRESETS] = {name: preset_table(preset) for name, preset in settings.presets.items()}
    return table


def preset_table(preset: Preset) -> Table:
    """Return what a preset chooses, as the file has it."""
    values = {name: getattr(preset, name) for name in preset.__struct_fields__}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _values(
    fields: Mapping[str, Setting], prefix: str, content: Table, problems: list[RecorderError]
) -> Table:
    values = {}
    for name, value in content.items():
        if name not in fields:
            known = [f"{prefix}.{each}" for each in fields]
            problems.append(declaration.unknown(f"{prefix}.{name}", known))
            continue
        try:
            values[name] = fields[name].checked(value)
        except InvalidSettingError as error:
            problems.append(error)
    return values


def _presets(content: Table, problems: list[RecorderError]) -> Iterator[tuple[str, Preset]]:
    for name, table in content.items():
        if not isinstance(table, dict):
            problems.append(_no_table(f"{PRESETS}.{name}"))
            continue
        try:
            fields = {
                each: declaration.preset_setting(name, each)
                for each in declaration.settings_of(PRESETS)
            }
        except InvalidSettingError as error:
            problems.append(error)
            continue
        yield name, Preset(**_values(fields, f"{PRESETS}.{name}", table, problems))


def _without_clashes(
    settings: Settings, given: set[str], problems: list[RecorderError]
) -> Settings:
    """Take away shortcuts that are taken. A person's choice goes before a default."""
    listed = list(shortcuts_of(settings))
    listed.sort(key=lambda each: each[0] not in given and not each[0].startswith(PRESETS))
    taken: dict[str, str] = {}
    for key, text in listed:
        if text not in taken:
            taken[text] = key
            continue
        problems.append(_clash(key, taken[text], text))
        area, _, name = key.partition(".")
        if area == PRESETS:
            name = name.removesuffix(".shortcut")
            preset = msgspec.structs.replace(settings.presets[name], shortcut="")
            presets = {**settings.presets, name: preset}
            settings = msgspec.structs.replace(settings, presets=presets)
        else:
            shortcuts = msgspec.structs.replace(settings.shortcuts, **{name: ""})
            settings = msgspec.structs.replace(settings, shortcuts=shortcuts)
    return settings


def _clash(key: str, other: str, text: str) -> InvalidSettingError:
    return InvalidSettingError(
        N_("{text} cannot be both {other} and {key}."),
        hint=N_("Choose another for one of them, or an empty text for none."),
        key=key,
        other=other,
        text=text,
    )


def _no_table(key: str) -> InvalidSettingError:
    return InvalidSettingError(
        N_("{key} must be a table."), hint=N_("Write [{key}] on a line of its own."), key=key
    )
