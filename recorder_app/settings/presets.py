"""Presets: adding one, changing a choice of it, and calling it otherwise."""

from __future__ import annotations

import msgspec

from recorder_app.errors import InvalidRequest, InvalidSettingError
from recorder_app.settings.app_areas import Preset
from recorder_app.settings.areas import Settings
from recorder_app.settings.declaration import PRESETS
from recorder_app.settings.store import SettingsStore
from recorder_app.texts import N_, translate


def add(store: SettingsStore) -> str:
    """Add a preset that chooses nothing yet; return its name. Raises SettingsError."""
    known = {name.casefold() for name in store.current.presets}
    number = 1
    while (name := translate(N_("Preset {number}"), number=number)).casefold() in known:
        number += 1
    store.update(PRESETS, **{name: Preset()})
    return name


def change(store: SettingsStore, name: str, field: str, value: object) -> Settings:
    """Change one choice of a preset; None leaves it to the other settings.

    Raises InvalidRequest when there is no such preset, InvalidSettingError or SettingsError.
    """
    changed = msgspec.structs.replace(_known(store, name), **{field: value})
    return store.update(PRESETS, **{name: changed})


def rename(store: SettingsStore, name: str, new: str) -> Settings:
    """Call a preset otherwise. Raises as :func:`change` does."""
    preset = _known(store, name)
    others = {each.casefold() for each in store.current.presets if each != name}
    if new.casefold() in others:
        raise InvalidSettingError(
            N_("There is a preset “{name}” already."), hint=N_("Choose another name."), name=new
        )
    return store.update(PRESETS, **{name: None, new: preset})


def _known(store: SettingsStore, name: str) -> Preset:
    preset = store.current.presets.get(name)
    if preset is None:
        raise InvalidRequest(
            N_("There is no preset named {name}."),
            hint=N_(
                "The settings have all of them; on the command line, “recorder-app settings” lists "
                "them."
            ),
            name=name,
        )
    return preset
