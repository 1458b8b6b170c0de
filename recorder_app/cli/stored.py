"""The stored settings for a verb, and one line for a person when something is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recorder_app.cli.main import report, say
from recorder_app.texts import N_, translate

if TYPE_CHECKING:
    from recorder_app.settings.store import SettingsStore


def stored_settings() -> SettingsStore:
    """Return the settings of this user. What is wrong with the file is said and stops nothing."""
    from recorder_app.settings.store import SettingsStore

    store = SettingsStore()
    if len(store.problems) == 1:
        report(store.problems[0])
    elif store.problems:
        text = N_(
            "{count} things are wrong with the stored settings; “recorder-app settings” tells them."
        )
        say(translate(text, count=len(store.problems)))
    return store
