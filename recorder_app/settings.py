"""Settings of a recording: defaults, bounds and help texts in one declaration.

The command line's help and the checks of its values come from here.
"""

from __future__ import annotations

import functools
from typing import Annotated, get_args, get_type_hints

import msgspec
from msgspec import Meta

from recorder_app.errors import InvalidSettingError
from recorder_app.texts import N_


class RecordingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a person chooses for a recording. A recording takes a snapshot of it."""

    target: Annotated[
        str,
        Meta(
            title="target",
            description="What to record: monitor:N, all, region:X,Y,WxH, window:ID-or-title "
            "or synthetic:NAME.",
        ),
    ] = "monitor:1"
    duration: (
        Annotated[
            float,
            Meta(title="duration", description="Stop after so many seconds.", gt=0, le=604_800),
        ]
        | None
    ) = None
    format: Annotated[
        str,
        Meta(title="format", description="webm (VP9), mp4 (H.264) or av1 (WebM with AV1)."),
    ] = "webm"
    fps: Annotated[
        int, Meta(title="fps", description="Most pictures a second, 1 to 120.", ge=1, le=120)
    ] = 30
    quality: Annotated[
        str, Meta(title="quality", description="low, medium, high or near-lossless.")
    ] = "medium"
    mic: Annotated[
        str,
        Meta(
            title="mic",
            description="Microphone: default, none, or a name that “devices” lists.",
        ),
    ] = "none"
    system_audio: (
        Annotated[
            bool,
            Meta(title="system-audio", description="Record what the speakers play."),
        ]
        | None
    ) = None
    mic_gain: Annotated[
        float,
        Meta(
            title="mic-gain",
            description="Make the microphone louder (or softer), in dB, -40 to 40.",
            ge=-40,
            le=40,
        ),
    ] = 0.0
    denoise: Annotated[
        bool, Meta(title="denoise", description="Take steady noise out of the microphone.")
    ] = False
    separate_tracks: Annotated[
        bool,
        Meta(
            title="separate-tracks",
            description="Microphone and system sound as tracks of their own, not mixed.",
        ),
    ] = False
    sound_offset: Annotated[
        float,
        Meta(
            title="sound-offset",
            description="Milliseconds to move the sound later against the picture, -2000 to 2000.",
            ge=-2000,
            le=2000,
        ),
    ] = 0.0
    cursor: Annotated[bool, Meta(title="cursor", description="Record the pointer.")] = True
    delay: Annotated[
        int,
        Meta(title="delay", description="Seconds to count down first, 0 to 60.", ge=0, le=60),
    ] = 0


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
    metas = {}
    for field, hint in get_type_hints(RecordingSettings, include_extras=True).items():
        # An optional field's Annotated is inside the union.
        for part in (hint, *get_args(hint)):
            for extra in getattr(part, "__metadata__", ()):
                if isinstance(extra, Meta):
                    metas[field] = extra
    return metas
