"""Reading a recording back: pictures, colours, barcodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer

from recorder_app.capture import barcode
from recorder_app.media.geometry import Rect

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Sighting:
    """A barcode seen in a file: when, in seconds, and which; None when it cannot be read."""

    time_s: float
    number: int | None


def pictures(path: Path) -> Iterator[tuple[float, av.VideoFrame]]:
    """Yield (seconds, frame) of every picture, in order."""
    with av.open(path) as source:
        assert isinstance(source, InputContainer)
        for frame in source.decode(video=0):
            assert frame.pts is not None
            assert frame.time_base is not None
            yield float(frame.pts * frame.time_base), frame


def luma(frame: av.VideoFrame) -> Picture:
    plane = frame.planes[0]
    rows = np.frombuffer(cast("memoryview[int]", plane), np.uint8).reshape(-1, plane.line_size)
    whole: Picture = rows[: frame.height, : frame.width]
    return whole


def barcodes(path: Path, bar: Rect) -> list[Sighting]:
    """Return what stands in `bar` of every picture."""
    return [
        Sighting(at_s, barcode.decode(luma(frame)[bar.y : bar.bottom, bar.x : bar.right]))
        for at_s, frame in pictures(path)
    ]


def first_seen(sightings: list[Sighting]) -> dict[int, float]:
    """Return when each number was seen first."""
    seen: dict[int, float] = {}
    for sighting in sightings:
        if sighting.number is not None:
            seen.setdefault(sighting.number, sighting.time_s)
    return seen


def track_ends(path: Path) -> list[float]:
    """Return when the last packet of each track ends, in seconds."""
    ends: dict[int, float] = {}
    with av.open(path) as source:
        assert isinstance(source, InputContainer)
        for packet in source.demux():
            if packet.pts is not None and packet.time_base is not None:
                end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                ends[packet.stream_index] = max(ends.get(packet.stream_index, 0.0), end_s)
        return [ends.get(stream.index, 0.0) for stream in source.streams]


def rgb(frame: av.VideoFrame) -> Picture:
    """Return the picture as RGB, by the colour tags that the file carries."""
    return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)


def last_picture(path: Path) -> av.VideoFrame:
    return list(pictures(path))[-1][1]
