"""The messages that travel through the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from recorder_app.media.geometry import Rect

if TYPE_CHECKING:
    from av.packet import Packet
    from av.stream import Stream

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Patch:
    """Pixels that changed: a rectangle of the frame and its BGRX bytes.

    `pixels` has the shape (rect.height, rect.width, 4) and contiguous rows. Whoever makes a patch
    gives it away: nobody writes to `pixels` afterwards.
    """

    rect: Rect
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """A picture as the patches that differ from the picture before, stamped at capture.

    Every rectangle lies on whole 2x2 blocks within `width` x `height`. The first frame, and the
    first after a pause, is one patch over everything.
    """

    capture_ns: int
    width: int
    height: int
    patches: tuple[Patch, ...]

    @property
    def size_bytes(self) -> int:
        return sum(patch.pixels.nbytes for patch in self.patches)

    @property
    def is_full(self) -> bool:
        whole = Rect(0, 0, self.width, self.height)
        return any(patch.rect == whole for patch in self.patches)


@dataclass(frozen=True, slots=True)
class VideoPing:
    """Time moved, the picture is the same."""

    capture_ns: int


@dataclass(frozen=True, slots=True)
class TimedFrame:
    """What the synchronizer hands to the video encoder: patches with their media time.

    No patches means that the last picture is repeated.
    """

    media_ns: int
    capture_ns: int
    patches: tuple[Patch, ...]

    @property
    def size_bytes(self) -> int:
        return sum(patch.pixels.nbytes for patch in self.patches)


@dataclass(frozen=True, slots=True)
class EncodedPacket:
    """A compressed picture or block of sound on its way to the muxer.

    `track` is the index of the stream; `capture_ns` and `encoded_ns` are stamps of the session's
    clock, so that the latency of each stage can be read off.
    """

    track: int
    packet: Packet[Stream]
    size_bytes: int
    is_keyframe: bool
    capture_ns: int
    encoded_ns: int


class _End:
    """Type of :data:`END`."""

    def __repr__(self) -> str:
        return "END"


END: Final = _End()
"""The last message of every queue: finish, then pass it on."""

End = _End
