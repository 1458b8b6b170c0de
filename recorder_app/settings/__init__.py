"""Settings: those of one recording, and those that are stored.

:class:`SettingsStore` is in ``recorder_app.settings.store``.
"""

from recorder_app.settings.areas import Settings
from recorder_app.settings.recording import RecordingSettings, help_text, validated

__all__ = ["RecordingSettings", "Settings", "help_text", "validated"]
