"""All stored settings in one declaration: a structure for each area, with default, label and help.

The file, the ``settings`` command, the settings window and the README's table come from here. What
concerns a recording is in this module; the rest is in ``app_areas``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from recorder_app.settings import fields
from recorder_app.settings.app_areas import (
    AppearanceSettings,
    AppSettings,
    LibrarySettings,
    Preset,
    SharingSettings,
    ShortcutSettings,
)
from recorder_app.settings.fields import Form, about
from recorder_app.settings.naming import DEFAULT_TEMPLATE
from recorder_app.texts import N_


class CaptureSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is recorded when nothing else is said."""

    target: fields.Target = "monitor:1"
    cursor: fields.Cursor = True
    fps: fields.FrameRate = 30
    delay: fields.Delay = 0


class VideoSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the picture is kept."""

    format: fields.Format = "webm"
    quality: fields.Quality = "medium"


class SoundSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which sound is recorded. `system_audio` None: where there is a sound server."""

    mic: fields.Microphone = "none"
    system_audio: fields.SystemAudio = None
    mic_gain: fields.MicGain = 0.0
    denoise: fields.Denoise = False
    separate_tracks: fields.SeparateTracks = False
    sound_offset: fields.SoundOffset = 0.0


class FileSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where recordings go, and what they are called."""

    folder: Annotated[
        str,
        about(N_("Folder"), N_("Where recordings are kept; empty for your Videos folder.")),
        Form(kind="folder"),
    ] = ""
    name: Annotated[
        str,
        about(
            N_("File name"),
            N_("Any text with {type}, {date}, {time}, {title} and {number}."),
        ),
        Form(kind="template"),
    ] = DEFAULT_TEMPLATE


class StopSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When a recording stops by itself, or goes on in a new file."""

    after_s: Annotated[
        float,
        about(N_("Stop after"), N_("Stop after so many seconds; 0 for never."), ge=0, le=604_800),
        Form(unit="s"),
    ] = 0.0
    at_mb: Annotated[
        int,
        about(
            N_("Stop at size"),
            N_("Stop when the file has so many MB; 0 for never."),
            ge=0,
            le=10_000_000,
        ),
        Form(unit="MB"),
    ] = 0
    at_clock: Annotated[
        str,
        about(N_("Stop at time"), N_("Stop at this time of day, such as 17:30; empty for never.")),
        Form(kind="clock"),
    ] = ""
    split_minutes: Annotated[
        int,
        about(
            N_("New file every"),
            N_("Go on in a new file after so many minutes; 0 for never."),
            ge=0,
            le=10_080,
        ),
        Form(unit="min"),
    ] = 0
    split_mb: Annotated[
        int,
        about(
            N_("New file at size"),
            N_("Go on in a new file when one has so many MB; 0 for never."),
            ge=0,
            le=10_000_000,
        ),
        Form(unit="MB"),
    ] = 0


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot of all stored settings; it never changes. `presets` go by their names."""

    capture: CaptureSettings = CaptureSettings()
    video: VideoSettings = VideoSettings()
    sound: SoundSettings = SoundSettings()
    files: FileSettings = FileSettings()
    stop: StopSettings = StopSettings()
    shortcuts: ShortcutSettings = ShortcutSettings()
    presets: Mapping[str, Preset] = msgspec.field(default_factory=dict)
    library: LibrarySettings = LibrarySettings()
    sharing: SharingSettings = SharingSettings()
    appearance: AppearanceSettings = AppearanceSettings()
    app: AppSettings = AppSettings()
