"""Recording profiles: containers, encoder ladders and quality presets, read from resources."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

from recorder_app import paths
from recorder_app.errors import InvalidSettingError
from recorder_app.shapes import from_toml
from recorder_app.texts import N_

QUALITIES = ("low", "medium", "high", "near-lossless")
DEFAULT_QUALITY = "medium"
DEFAULT_PROFILE = "webm"

_REFERENCE_PX = 1920 * 1080


class ContainerFormat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a container is written; `format` is FFmpeg's name of the muxer."""

    format: str
    extension: str
    mime_type: str
    options: dict[str, str] = {}


class QualityPreset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a quality means to one encoder; `bit_rate` (bits a second) 0 leaves it to options."""

    bit_rate: int = 0
    options: dict[str, str] = {}


class EncoderProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rung of a ladder: an FFmpeg encoder and its settings."""

    codec: str
    pixel_format: Literal["yuv420p", "nv12"]
    quality: dict[str, QualityPreset]
    hardware: bool = False
    options: dict[str, str] = {}

    def bit_rate(self, quality: str, width: int, height: int) -> int:
        """Return bits a second for this size; pictures above 1920x1080 get more in proportion."""
        return round(self.quality[quality].bit_rate * max(1.0, width * height / _REFERENCE_PX))

    def all_options(self, quality: str) -> dict[str, str]:
        return {**self.options, **self.quality[quality].options}


class SoundEncoderProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An FFmpeg sound encoder and its settings; `bit_rate` in bits a second for the track."""

    codec: str
    sample_format: str
    bit_rate: int
    options: dict[str, str] = {}


class RecordingProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A choice a person makes ("webm"); `video` and `sound` are ladders of encoder names.

    `constant_frame_rate` repeats pictures so that every frame lasts equally long.
    """

    label: str
    container: str
    video: tuple[str, ...]
    sound: tuple[str, ...]
    constant_frame_rate: bool = False


class ProfileSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of ``encoder_profiles.toml``."""

    schema: int
    containers: dict[str, ContainerFormat]
    profiles: dict[str, RecordingProfile]
    encoders: dict[str, EncoderProfile]
    sound_encoders: dict[str, SoundEncoderProfile]

    def profile(self, name: str) -> RecordingProfile:
        """Return a profile by name. Raises InvalidSettingError for an unknown one."""
        try:
            return self.profiles[name]
        except KeyError:
            raise InvalidSettingError(
                N_("There is no format named {name}."),
                hint=N_("Choose one of: {known}."),
                name=name,
                known=", ".join(self.profiles),
            ) from None

    def container_of(self, name: str) -> ContainerFormat:
        return self.containers[self.profile(name).container]


@functools.cache
def load() -> ProfileSet:
    """Read the shipped profiles once. Thread-safe."""
    text = paths.resource("encoder_profiles.toml").read_bytes()
    return from_toml(text, ProfileSet)
