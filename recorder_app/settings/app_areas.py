"""Stored settings of the program around a recording: shortcuts, library, appearance."""

from __future__ import annotations

from typing import Annotated

import msgspec

from recorder_app.settings.fields import Form, Format, Quality, about
from recorder_app.texts import N_

_SHORTCUT = Form(kind="shortcut")
_BYTES = {"ge": 0, "le": 1_000_000}


class ShortcutSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Keys that work in every program; empty for none."""

    start_stop: Annotated[
        str, about(N_("Start and stop"), N_("Start recording, or stop it.")), _SHORTCUT
    ] = "Ctrl+Alt+R"
    pause: Annotated[
        str, about(N_("Pause"), N_("Pause the recording, or resume it.")), _SHORTCUT
    ] = "Ctrl+Alt+P"
    region: Annotated[
        str, about(N_("Record area"), N_("Choose an area and record it.")), _SHORTCUT
    ] = "Ctrl+Alt+A"
    last_area: Annotated[
        str, about(N_("Record last area"), N_("Record the last area again.")), _SHORTCUT
    ] = "Ctrl+Alt+Shift+A"
    cancel: Annotated[
        str, about(N_("Cancel"), N_("End the recording and keep nothing.")), _SHORTCUT
    ] = "Ctrl+Alt+Shift+X"
    marker: Annotated[
        str, about(N_("Add marker"), N_("Mark this moment of the recording.")), _SHORTCUT
    ] = "Ctrl+Alt+K"
    mute: Annotated[
        str, about(N_("Mute microphone"), N_("Mute the microphone, or unmute it.")), _SHORTCUT
    ] = "Ctrl+Alt+U"
    screenshot: Annotated[
        str, about(N_("Screenshot"), N_("Keep a picture of the screen.")), _SHORTCUT
    ] = "Ctrl+Alt+S"


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """Choices under one name. What is None is as in the other settings."""

    target: Annotated[
        str | None, about(N_("Record"), N_("What this preset records.")), Form(kind="target")
    ] = None
    format: Format | None = None
    quality: Quality | None = None
    mic: Annotated[
        str | None,
        about(N_("Microphone"), N_("The microphone of this preset.")),
        Form(kind="microphone"),
    ] = None
    system_audio: Annotated[
        bool | None, about(N_("System sound"), N_("Whether this preset records system sound."))
    ] = None
    shortcut: Annotated[
        str, about(N_("Shortcut"), N_("Keys that start this preset; empty for none.")), _SHORTCUT
    ] = ""


class LibrarySettings(msgspec.Struct, frozen=True, kw_only=True):
    """How much is kept. Nothing is deleted unless a rule is set."""

    storage_limit_gb: Annotated[
        float,
        about(
            N_("Storage limit"),
            N_("You are told when recordings take 80 % of this; 0 for no limit."),
            **_BYTES,
        ),
        Form(unit="GB"),
    ] = 0.0
    delete_after_days: Annotated[
        float,
        about(
            N_("Delete after"),
            N_("“retention” deletes recordings older than this; 0 for never."),
            ge=0,
            le=36_500,
        ),
        Form(unit="days"),
    ] = 0.0
    delete_over_gb: Annotated[
        float,
        about(
            N_("Delete over size"),
            N_("“retention” deletes the oldest until all take no more than this; 0 for never."),
            **_BYTES,
        ),
        Form(unit="GB"),
    ] = 0.0
    delete_project: Annotated[
        str,
        about(N_("Only this project"), N_("Delete only of this project; empty for all.")),
        Form(kind="project"),
    ] = ""
    keep_favourites: Annotated[
        bool, about(N_("Keep favourites"), N_("“retention” never deletes favourites."))
    ] = True
    only_uploaded: Annotated[
        bool,
        about(N_("Only uploaded"), N_("“retention” deletes only what was uploaded somewhere.")),
    ] = False


class SharingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How uploads use the network. Where they go is kept with the destinations."""

    at_once: Annotated[
        int, about(N_("Uploads at once"), N_("Most uploads at the same time, 1 to 5."), ge=1, le=5)
    ] = 5
    limit_kb: Annotated[
        int,
        about(
            N_("Upload limit"),
            N_("Most kB a second of all uploads together; 0 for no limit."),
            ge=0,
            le=10_000_000,
        ),
        Form(unit="kB/s"),
    ] = 0
    on_metered: Annotated[
        bool,
        about(
            N_("Metered networks"),
            N_("Upload also where the system says that the network is paid by amount."),
        ),
    ] = False


class AppearanceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the window looks."""

    theme: Annotated[
        str, about(N_("Theme"), N_("Light or dark.")), Form(choices=("system", "light", "dark"))
    ] = "system"
    language: Annotated[
        str,
        about(N_("Language"), N_("Language of the program.")),
        Form(choices=("system", "en", "de"), needs_restart=True),
    ] = "system"
    reduced_motion: Annotated[
        str,
        about(N_("Reduced motion"), N_("Whether things move only where they must.")),
        Form(choices=("system", "on", "off")),
    ] = "system"
    record_bar: Annotated[
        bool, about(N_("Record bar"), N_("Show the bar with time and levels while recording."))
    ] = True
    result_card_s: Annotated[
        int,
        about(
            N_("Result card"),
            N_("Seconds that the finished recording is shown; 0 for not at all."),
            ge=0,
            le=120,
        ),
        Form(unit="s"),
    ] = 12


class AppSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the program behaves on the desktop."""

    autostart: Annotated[
        bool, about(N_("Start with the desktop"), N_("Wait in the tray when you log in."))
    ] = False
    notifications: Annotated[
        bool, about(N_("Notifications"), N_("Tell what ended or went wrong with a notification."))
    ] = True
    silence_notifications: Annotated[
        bool,
        about(N_("Silence others"), N_("Keep other programs' notifications out while recording.")),
    ] = False
    hold_off_sleep: Annotated[
        bool, about(N_("Stay awake"), N_("Hold off sleep and the screen saver while recording."))
    ] = True
