"""What the settings window calls pages and choices that the declaration names for machines."""

from __future__ import annotations

from recorder_app.settings.declaration import AREAS, PRESETS, Setting
from recorder_app.texts import N_, translate

DESTINATIONS = "destinations"
_PAGES = {
    "capture": N_("Capture"),
    "video": N_("Video"),
    "sound": N_("Sound"),
    "shortcuts": N_("Shortcuts"),
    "presets": N_("Presets"),
    "files": N_("Files"),
    "stop": N_("Stop rules"),
    "library": N_("Library"),
    "sharing": N_("Sharing"),
    DESTINATIONS: N_("Destinations"),
    "appearance": N_("Appearance"),
    "app": N_("Advanced"),
}
_CHOICES = {
    "video.format": {
        "webm": N_("WebM (VP9)"),
        "mp4": N_("MP4 (H.264)"),
        "av1": N_("WebM (AV1)"),
    },
    "video.quality": {
        "low": N_("Low"),
        "medium": N_("Medium"),
        "high": N_("High"),
        "near-lossless": N_("Near lossless"),
    },
    "appearance.theme": {
        "system": N_("As the system"),
        "light": N_("Light"),
        "dark": N_("Dark"),
    },
    "appearance.language": {
        "system": N_("As the system"),
        # Everyone finds their own language.
        "en": "English",
        "de": "Deutsch",
    },
    "appearance.reduced_motion": {
        "system": N_("As the system"),
        "on": N_("On"),
        "off": N_("Off"),
    },
}
for _name in ("format", "quality"):
    _CHOICES[f"{PRESETS}.{_name}"] = _CHOICES[f"video.{_name}"]
# Those of measures are the same everywhere.
_UNITS = {"days": N_("days"), "min": N_("min"), "fps": N_("fps")}
# Where the declaration's words are those of a command line.
_HELP = {
    "video.format": N_("MP4 plays everywhere. WebM is free, and smaller with AV1."),
    "video.quality": N_("Higher quality makes larger files."),
    "presets.target": N_("Such as monitor:2, all, region:0,0,1280x720 or window:Notes."),
    "presets.format": N_("The file format of this preset."),
    "presets.quality": N_("The quality of this preset."),
    "sound.mic": N_("Say something: the bar moves when it hears you."),
    "library.delete_after_days": N_(
        "“recorder-app retention”, on the command line, deletes what is older; 0 for never."
    ),
    "library.delete_over_gb": N_(
        "“recorder-app retention”, on the command line, deletes the oldest beyond this; "
        "0 for never."
    ),
    "library.keep_favourites": N_("These rules never delete favourites."),
    "library.only_uploaded": N_("These rules delete only what was uploaded somewhere."),
    "appearance.theme": N_("How bright the windows are."),
}


def pages() -> list[str]:
    """Return the areas that have a page, and the destinations, in the order of the pages."""
    # One that is declared later has a page as well.
    later = [area for area in AREAS if area not in _PAGES]
    return [*(area for area in _PAGES if area in AREAS or area == DESTINATIONS), *later]


def page_title(area: str) -> str:
    return translate(_PAGES.get(area, area))


def choice_title(setting: Setting, choice: str) -> str:
    """Return what people read for one of the setting's choices."""
    return translate(_CHOICES.get(setting.key, {}).get(choice, choice))


def none_title(setting: Setting) -> str:
    """Return what people read for None."""
    is_preset = setting.key.startswith(f"{PRESETS}.")
    return translate(N_("As in the settings") if is_preset else N_("Automatic"))


def unit_text(setting: Setting) -> str:
    """Return what stands behind the figure."""
    return translate(_UNITS.get(setting.form.unit, setting.form.unit))


def help_text(setting: Setting) -> str:
    """Return what stands below a setting."""
    text = translate(_HELP.get(setting.key, setting.help))
    if setting.form.needs_restart:
        text += " " + translate(N_("It shows when the program is started again."))
    return text
