"""Export presets: what a recording can be made into, read from resources."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

from recorder_app import paths
from recorder_app.errors import InvalidRequest
from recorder_app.media.profiles import ContainerFormat
from recorder_app.shapes import from_toml
from recorder_app.texts import N_

ORIGINAL = "original"

Kind = Literal["original", "video", "limited", "animation", "sound", "stills"]


class ExportEncoder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rung of a ladder: an FFmpeg encoder and its settings; `bit_rate` 0 leaves it to them."""

    encoder: str
    pixel_format: Literal["yuv420p", "nv12"] = "yuv420p"
    bit_rate: int = 0
    options: dict[str, str] = {}


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to make. Sizes in pixels, for pictures lying down; 0 leaves what the source has.

    `video` is a ladder of encoder names, `sound` FFmpeg's name of an encoder; rates are in bits a
    second.
    """

    kind: Kind
    container: str = ""
    video: tuple[str, ...] = ()
    sound: str = ""
    sound_bit_rate: int = 0
    max_width: int = 0
    max_height: int = 0
    max_fps: float = 0
    limit_bytes: int = 0
    every_s: float = 0


class RenderLadders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What takes the place of a copy in a kind of file."""

    video: tuple[str, ...]
    sound: str


class PresetSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of ``export_presets.toml``."""

    schema: int
    presets: dict[str, Preset]
    render: dict[str, RenderLadders]
    containers: dict[str, ContainerFormat]
    encoders: dict[str, ExportEncoder]

    def preset(self, name: str) -> Preset:
        """Return a preset by name. Raises InvalidRequest for an unknown one."""
        try:
            return self.presets[name]
        except KeyError:
            raise InvalidRequest(
                N_("There is no export preset named {name}."),
                hint=N_("Choose one of: {known}."),
                name=name,
                known=", ".join(self.presets),
            ) from None

    def as_source(self, container: str) -> Preset:
        """Return the preset that encodes all of a file in the same kind of `container`."""
        ladders = self.render[container]
        return Preset("video", container, ladders.video, ladders.sound)

    def ladder(self, preset: Preset) -> tuple[ExportEncoder, ...]:
        return tuple(self.encoders[name] for name in preset.video)


@functools.cache
def load() -> PresetSet:
    """Read the shipped presets once. Thread-safe."""
    text = paths.resource("export_presets.toml").read_bytes()
    return from_toml(text, PresetSet)
