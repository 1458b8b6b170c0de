"""Settings of one recording: what a person chooses, with defaults, bounds and help.

The command line's help and the checks of its values come from here.
"""

from __future__ import annotations

import functools
from typing import Annotated, get_type_hints

import msgspec
from msgspec import Meta

from recorder_app.errors import InvalidSettingError
from recorder_app.settings import fields
from recorder_app.settings.fields import described
from recorder_app.texts import N_


class RecordingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a person chooses for a recording. A recording takes a snapshot of it."""

    target: fields.Target = "monitor:1"
    duration: (
        Annotated[
            float,
            Meta(
                title=N_("Duration"),
                description=N_("Stop after so many seconds."),
                gt=0,
                le=604_800,
            ),
        ]
        | None
    ) = None
    max_size: (
        Annotated[
            float,
            Meta(
                title=N_("Largest size"),
                description=N_("Stop when the file has so many MB."),
                gt=0,
                le=10_000_000,
            ),
        ]
        | None
    ) = None
    until: Annotated[
        str,
        Meta(title=N_("Until"), description=N_("Stop at this time of day, such as 17:30.")),
    ] = ""
    format: fields.Format = "webm"
    fps: fields.FrameRate = 30
    quality: fields.Quality = "medium"
    mic: fields.Microphone = "none"
    system_audio: fields.SystemAudio = None
    mic_gain: fields.MicGain = 0.0
    denoise: fields.Denoise = False
    separate_tracks: fields.SeparateTracks = False
    sound_offset: fields.SoundOffset = 0.0
    cursor: fields.Cursor = True
    delay: fields.Delay = 0


def help_text(field: str) -> str:
    """Return the help text of a field of RecordingSettings."""
    return _metas()[field].description or ""


def validated(settings: RecordingSettings) -> RecordingSettings:
    """Return `settings` if every value is within its bounds.

    Raises InvalidSettingError that names the field and what is allowed.
    """
    for name in settings.__struct_fields__:
        value = getattr(settings, name)
        meta = _metas()[name]
        if value is None or not isinstance(value, int | float):
            continue
        too_low = (meta.ge is not None and value < meta.ge) or (
            meta.gt is not None and not value > meta.gt
        )
        if too_low or (meta.le is not None and not value <= meta.le):
            raise InvalidSettingError(
                N_("{value} is not possible for --{name}."),
                hint=N_("It must be {least} to {most}."),
                value=value,
                name=name,
                least=meta.ge if meta.ge is not None else N_("more than 0"),
                most=meta.le,
            )
    return settings


@functools.cache
def _metas() -> dict[str, Meta]:
    hints = get_type_hints(RecordingSettings, include_extras=True)
    return {field: described(hint)[0] for field, hint in hints.items()}
