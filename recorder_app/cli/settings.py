"""``settings``: what is stored, and changing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import msgspec

from recorder_app.cli.main import report
from recorder_app.cli.output import as_json, write_line

if TYPE_CHECKING:
    from recorder_app.settings import Settings
    from recorder_app.settings.declaration import Setting
    from recorder_app.settings.store import SettingsStore

_json = click.option("--json", "json_output", is_flag=True, help="Print one JSON object on stdout.")


class SettingEntry(msgspec.Struct, frozen=True):
    """One setting as it is now; `value` and `default` are null where what fits is chosen."""

    key: str
    value: Any
    default: Any
    is_default: bool
    title: str
    help: str
    choices: list[str]
    least: float | None
    most: float | None
    unit: str


class SettingList(msgspec.Struct, frozen=True):
    """All settings; `problems` are lines for a person."""

    path: str
    settings: list[SettingEntry]
    problems: list[str]


@click.group(invoke_without_command=True)
@_json
@click.pass_context
def settings(context: click.Context, *, json_output: bool) -> int:
    """List, get and set what is stored: defaults of recordings, folder, shortcuts and more.

    Keys are such as video.format; those of a preset such as presets.demo.quality.
    """
    if context.invoked_subcommand is None:
        _list(json_output=json_output)
    elif json_output:
        raise click.UsageError(f"Put --json behind “{context.invoked_subcommand}”.")
    return 0


@settings.command()
@click.argument("key")
@_json
def get(*, key: str, json_output: bool) -> int:
    """Print the value of a setting."""
    from recorder_app.settings import declaration

    found = declaration.setting(key)
    _print(_entry(found, _open().current), json_output=json_output)
    return 0


# Values such as -6 are no options.
@settings.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("value")
@_json
def set_(*, key: str, value: str, json_output: bool) -> int:
    """Store a value: a number, a text, on or off, or auto where that is possible."""
    from recorder_app.settings import declaration
    from recorder_app.settings.app_areas import Preset

    found = declaration.setting(key)
    parsed = found.parsed(value)
    store = _open()
    area, _, name = key.partition(".")
    if area == declaration.PRESETS:
        preset = name.rpartition(".")[0]
        before = store.current.presets.get(preset, Preset())
        changed = msgspec.structs.replace(before, **{found.name: parsed})
        after = store.update(area, **{preset: changed})
    else:
        after = store.update(area, **{name: parsed})
    _print(_entry(found, after), json_output=json_output)
    return 0


@settings.command()
@click.argument("key", metavar="[KEY|AREA]", required=False, default="")
@_json
def reset(*, key: str, json_output: bool) -> int:
    """Bring back the default of a setting, of an area such as video, or of all of them."""
    from recorder_app.settings import declaration

    store = _open()
    area, _, name = key.partition(".")
    if name and area == declaration.PRESETS:
        _reset_preset(store, name)
    elif name:
        declaration.setting(key)
        store.reset(area, name)
    else:
        store.reset(area)
    if json_output:
        write_line(as_json({"reset": key or "all"}))
    return 0


@settings.command()
@_json
def path(*, json_output: bool) -> int:
    """Print where the file is; it need not be there yet."""
    from recorder_app import paths
    from recorder_app.settings.store import FILE_NAME

    found = paths.config_folder() / FILE_NAME
    if json_output:
        write_line(as_json({"path": str(found), "exists": found.exists()}))
    else:
        write_line(str(found))
    return 0


def _open() -> SettingsStore:
    from recorder_app.settings.store import SettingsStore

    store = SettingsStore()
    for problem in store.problems:
        report(problem)
    return store


def _list(*, json_output: bool) -> None:
    from recorder_app.settings import declaration
    from recorder_app.settings.store import SettingsStore

    store = SettingsStore()
    shown = declaration.all_settings()
    for name in store.current.presets:
        fields = declaration.settings_of(declaration.PRESETS)
        shown += [declaration.preset_setting(name, field) for field in fields]
    entries = [_entry(one, store.current) for one in shown]
    if json_output:
        problems = [str(problem) for problem in store.problems]
        write_line(as_json(SettingList(str(store.path), entries, problems)))
        return
    for problem in store.problems:
        report(problem)
    values = [_shown(entry) for entry in entries]
    key_width = max(len(entry.key) for entry in entries)
    value_width = min(max(map(len, values)), 32)
    for entry, value in zip(entries, values, strict=True):
        mark = "default" if entry.is_default else ""
        write_line(f"{entry.key:<{key_width}}  {value:<{value_width}}  {mark:<7}  {entry.help}")


def _entry(one: Setting, settings: Settings) -> SettingEntry:
    from recorder_app.settings import declaration
    from recorder_app.settings.app_areas import Preset
    from recorder_app.texts import translate

    area, _, name = one.key.partition(".")
    if area == declaration.PRESETS:
        holder: object = settings.presets.get(name.rpartition(".")[0], Preset())
    else:
        holder = getattr(settings, area)
    value = getattr(holder, one.name)
    return SettingEntry(
        key=one.key,
        value=value,
        default=one.default,
        is_default=value == one.default,
        title=translate(one.title),
        help=translate(one.help),
        choices=list(one.form.choices),
        least=one.least,
        most=one.most,
        unit=one.form.unit,
    )


def _print(entry: SettingEntry, *, json_output: bool) -> None:
    from recorder_app.settings.declaration import shown_value

    write_line(as_json(entry) if json_output else shown_value(entry.value))


def _shown(entry: SettingEntry) -> str:
    from recorder_app.settings.declaration import shown_value

    return shown_value(entry.value) if entry.value != "" else "-"


def _reset_preset(store: SettingsStore, name: str) -> None:
    """Take a preset away, or one choice of it."""
    from recorder_app.settings import declaration

    if name in store.current.presets:
        store.reset(declaration.PRESETS, name)
        return
    preset, _, field = name.rpartition(".")
    known = [f"{declaration.PRESETS}.{each}" for each in store.current.presets]
    if preset not in store.current.presets:
        raise declaration.unknown(f"{declaration.PRESETS}.{preset or name}", known)
    default = declaration.preset_setting(preset, field).default
    changed = msgspec.structs.replace(store.current.presets[preset], **{field: default})
    store.update(declaration.PRESETS, **{preset: changed})
