"""What there is to set: every stored setting by its key, such as ``video.format``."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import msgspec

from recorder_app.errors import InvalidSettingError, UnknownSettingError
from recorder_app.settings.app_areas import Preset
from recorder_app.settings.areas import Settings
from recorder_app.settings.fields import Form, described
from recorder_app.settings.naming import checked_template
from recorder_app.settings.shortcuts import checked_shortcut
from recorder_app.shapes import converted
from recorder_app.texts import N_, translate

PRESETS = "presets"
AREAS = Settings.__struct_fields__

_WORDS = dict.fromkeys(("on", "yes", "true", "1"), True) | dict.fromkeys(
    ("off", "no", "false", "0"), False
)
AUTO = "auto"
"""How people write None: what fits is chosen."""

# Compiled when they are needed: most starts of the command line need none.
_TARGET = r"all|monitor:0*[1-9]\d*|region:-?\d+,-?\d+,\d+x\d+|(window|synthetic):.+"
_CLOCK = r"([01]?\d|2[0-3]):([0-5]\d)"
_PRESET_NAME = r"\w[\w -]{0,39}"


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One stored setting: where it belongs, what people read of it, and what it may be.

    `least` and `most` are its bounds, both allowed. One of a preset has the preset's name in its
    `key`.
    """

    key: str
    name: str
    type: Any
    default: Any
    title: str
    help: str
    form: Form
    least: float | None = None
    most: float | None = None

    @property
    def value_type(self) -> type:
        """Return bool, int, float or str."""
        for part in (*get_args(self.type), self.type):
            while hasattr(part, "__metadata__"):
                part = part.__origin__
            for each in (*get_args(part), part):
                if isinstance(each, type) and each is not NoneType:
                    return each
        raise TypeError(self.key)

    @property
    def allowed(self) -> str:
        """Return in words what it may be, for a person."""
        if self.form.choices:
            return translate(N_("Choose one of: {known}."), known=", ".join(self.form.choices))
        if self.value_type is bool:
            either = N_("Use on, off or auto.") if self.takes_none else N_("Use on or off.")
            return translate(either)
        if self.least is not None:
            whole = N_("It must be a whole number, {least} to {most}.")
            number = whole if self.value_type is int else N_("It must be {least} to {most}.")
            return translate(number, least=f"{self.least:.12g}", most=f"{self.most:.12g}")
        return translate(_ALLOWED.get(self.form.kind, N_("Use a text.")))

    @property
    def takes_none(self) -> bool:
        return self.default is None

    def checked(self, value: object) -> Any:
        """Return `value` as it is kept. Raises InvalidSettingError that says what is allowed."""
        if value is None and self.takes_none:
            return None
        try:
            found = converted(value, self.type)
        except msgspec.ValidationError as error:
            raise self.refused(value) from error
        if isinstance(found, str):
            return self._checked_text(found)
        # Not a number and infinity are out of every bounds.
        return found

    def parsed(self, text: str) -> Any:
        """Return the value that a person wrote as `text`. Raises InvalidSettingError."""
        plain = text.strip()
        if self.takes_none and plain == AUTO:
            return None
        if self.value_type is bool:
            if plain.lower() not in _WORDS:
                raise self.refused(text)
            return _WORDS[plain.lower()]
        if self.value_type is str:
            return self.checked(text)
        try:
            return self.checked(self.value_type(plain))
        except ValueError as error:
            raise self.refused(text) from error

    def refused(
        self, value: object, reason: InvalidSettingError | None = None
    ) -> InvalidSettingError:
        """Return the error for a value that is not possible, with the `reason` if it is known."""
        shown = shown_value(value)
        known = N_("“{value}” is not possible for {key}: {reason}")
        return InvalidSettingError(
            N_("“{value}” is not possible for {key}.") if reason is None else known,
            hint="{allowed}",
            reason=reason and reason.message,
            value=shown if len(shown) <= 60 else f"{shown[:59]}…",
            key=self.key,
            allowed=self.allowed if reason is None else reason.hint,
        )

    def _checked_text(self, text: str) -> str:
        if self.form.choices:
            if text not in self.form.choices:
                raise self.refused(text)
            return text
        kind = self.form.kind
        if kind in _CHECKS:
            try:
                return _CHECKS[kind](text)
            except InvalidSettingError as error:
                raise self.refused(text, error) from error
        # What a terminal gives may be no text, and the file is UTF-8.
        is_possible = text.isprintable()
        if kind == "target":
            is_possible = is_possible and re.fullmatch(_TARGET, text, re.ASCII) is not None
        elif kind == "microphone":
            is_possible = is_possible and bool(text.strip())
        elif kind == "folder" and text:
            is_possible = is_possible and (text.startswith("~") or Path(text).is_absolute())
        elif kind == "clock" and text:
            match = re.fullmatch(_CLOCK, text, re.ASCII)
            text = f"{int(match[1]):02}:{match[2]}" if match else text
            is_possible = match is not None
        if not is_possible:
            raise self.refused(text)
        return text


_CHECKS: dict[str, Callable[[str], str]] = {
    "template": checked_template,
    "shortcut": checked_shortcut,
}
_ALLOWED = {
    "target": N_("Use monitor:N, all, region:X,Y,WxH, window:TITLE or synthetic:NAME."),
    "microphone": N_(
        "Use default, none or the name of a microphone; on the command line, “recorder-app "
        "devices” lists them."
    ),
    "folder": N_("Use a whole path, or ~ for your own folder."),
    "clock": N_("Use hours and minutes, such as 17:30."),
}


def shown_value(value: object) -> str:
    """Return a value as people write it."""
    if value is None:
        return AUTO
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


@functools.cache
def settings_of(area: str) -> dict[str, Setting]:
    """Return the settings of an area by name; of ``presets`` those that each preset has."""
    kind = Preset if area == PRESETS else type(getattr(Settings(), area))
    hints = get_type_hints(kind, include_extras=True)
    blank = kind()
    found = {}
    for name in kind.__struct_fields__:
        meta, form = described(hints[name])
        found[name] = Setting(
            key=f"{area}.{name}",
            name=name,
            type=hints[name],
            default=getattr(blank, name),
            title=meta.title or name,
            help=meta.description or "",
            form=form,
            least=meta.ge,
            most=meta.le,
        )
    return found


def all_settings() -> list[Setting]:
    """Return every setting in the order in which people read them, presets apart."""
    return [one for area in AREAS if area != PRESETS for one in settings_of(area).values()]


def checked_preset_name(name: str) -> str:
    """Return `name` if a preset can be called so. Raises InvalidSettingError."""
    if re.fullmatch(_PRESET_NAME, name) is None:
        raise InvalidSettingError(
            N_("A preset cannot be called “{name}”."),
            hint=N_("Use at most 40 letters, digits, spaces, - and _."),
            name=name,
        )
    return name


def preset_setting(preset: str, name: str) -> Setting:
    """Return the setting `name` of a preset. Raises InvalidSettingError."""
    checked_preset_name(preset)
    fields = settings_of(PRESETS)
    if name not in fields:
        known = [f"{PRESETS}.{preset}.{each}" for each in fields]
        raise unknown(f"{PRESETS}.{preset}.{name}", known)
    return msgspec.structs.replace(fields[name], key=f"{PRESETS}.{preset}.{name}")


def setting(key: str) -> Setting:
    """Return the setting of that key. Raises UnknownSettingError that names the nearest one."""
    area, _, name = key.partition(".")
    if area == PRESETS and name:
        preset, _, name = name.rpartition(".")
        return preset_setting(preset, name)
    if area not in AREAS or area == PRESETS or name not in settings_of(area):
        raise unknown(key, [one.key for one in all_settings()])
    return settings_of(area)[name]


def unknown(key: str, known: list[str]) -> UnknownSettingError:
    """Return the error for a key that is not there, with the nearest of the `known`."""
    # Seldom needed, and not for free at the start of the command line.
    import difflib

    names = {each.rpartition(".")[2]: each for each in known}
    near = difflib.get_close_matches(key, known, 1, 0.6)
    by_name = difflib.get_close_matches(key.rpartition(".")[2], list(names), 1, 0.7)
    nearest = near[0] if near else names[by_name[0]] if by_name else ""
    return UnknownSettingError(
        N_("There is no setting {key}."),
        hint=N_("Did you mean {nearest}?")
        if nearest
        else N_("On the command line, “recorder-app settings” lists all."),
        key=key,
        nearest=nearest,
    )
