"""The language that is stored, for who needs nothing else of the settings."""

from __future__ import annotations

from recorder_app import paths
from recorder_app.errors import SettingsBroken
from recorder_app.settings import declaration, document
from recorder_app.settings.store import FILE_NAME
from recorder_app.texts import SYSTEM


def stored_language() -> str:
    """Return the code of the language that is set, or ``system``. Translates and raises nothing.

    The store cannot be asked: it tells problems in the language that this is about.
    """
    path = paths.config_folder() / FILE_NAME
    try:
        area = document.parse(path.read_bytes(), path).get("appearance")
    except (OSError, SettingsBroken):
        return SYSTEM
    found = area.get("language") if isinstance(area, dict) else None
    choices = declaration.settings_of("appearance")["language"].form.choices
    return found if isinstance(found, str) and found in choices else SYSTEM
