"""What the stored settings mean to a recording, the library and its folders."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from recorder_app import paths
from recorder_app.errors import OutputNotWritable, StorageError
from recorder_app.settings import RecordingSettings, Settings
from recorder_app.settings.store import SettingsStore
from recorder_app.texts import N_


def recording_settings(stored: Settings, chosen: Mapping[str, object]) -> RecordingSettings:
    """Return what to record by: what is `chosen` and not None, else what is stored."""
    defaults = RecordingSettings(
        target=stored.capture.target,
        duration=stored.stop.after_s or None,
        max_size=stored.stop.at_mb or None,
        until=stored.stop.at_clock,
        format=stored.video.format,
        fps=stored.capture.fps,
        quality=stored.video.quality,
        mic=stored.sound.mic,
        system_audio=stored.sound.system_audio,
        mic_gain=stored.sound.mic_gain,
        denoise=stored.sound.denoise,
        separate_tracks=stored.sound.separate_tracks,
        sound_offset=stored.sound.sound_offset,
        cursor=stored.capture.cursor,
        delay=stored.capture.delay,
    )
    given = {name: value for name, value in chosen.items() if value is not None}
    return msgspec.structs.replace(defaults, **given)


def recordings_folder(stored: Settings | None = None) -> Path:
    """Return where recordings are kept: the folder that is set, or the Videos folder.

    It may not exist. Without `stored` the settings are read.
    """
    folder = (stored or SettingsStore(keeps_broken=True).current).files.folder
    if not folder:
        return paths.videos_folder()
    try:
        return Path(folder).expanduser()
    except RuntimeError:
        # A "~name" of nobody.
        return paths.videos_folder()


def usable_folder(stored: Settings) -> tuple[Path | None, StorageError | None]:
    """Return the folder that is set, made if need be, or None where that is the Videos folder.

    One that cannot be used, such as on a disk that is unplugged, is told in the second place and
    stops no recording.
    """
    if not stored.files.folder:
        return None, None
    try:
        folder = Path(stored.files.folder).expanduser()
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK):
            return folder, None
    except (OSError, RuntimeError):
        pass
    return None, OutputNotWritable(
        N_("The folder {folder} of your settings cannot be written."),
        hint=N_("It is recorded to {videos}. Make the folder, or set files.folder anew."),
        folder=stored.files.folder,
        videos=paths.videos_folder(),
    )


def checked_folder(stored: Settings) -> tuple[Path, StorageError | None]:
    """Return the folder that is set or the Videos folder, and why it cannot be written, if so.

    The Videos folder is not made before there is something to put in it.
    """
    _, problem = usable_folder(stored)
    folder = recordings_folder(stored)
    if problem is not None or stored.files.folder:
        return folder, problem
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return folder, None
    return folder, OutputNotWritable(
        N_("The folder {folder} cannot be written."),
        hint=N_("Choose another, or make this one writable for you."),
        folder=folder,
    )
