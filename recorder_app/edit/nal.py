"""H.264 as it stands in files: NAL units, and the parameter sets beside the stream.

MP4 and Matroska put a length before each unit (ISO/IEC 14496-15, 5.3), encoders give start codes
(ITU-T H.264, annex B).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Self

IDR_SLICE = 5
SEI = 6
SEQUENCE_PARAMETERS = 7
PICTURE_PARAMETERS = 8

# Three or four bytes; a unit cannot end in zeros.
_START_CODE = re.compile(rb"\x00\x00\x01")


def kind(unit: bytes) -> int:
    """Return the type of a unit (ITU-T H.264, table 7-1)."""
    return unit[0] & 0x1F


def split_start_codes(data: bytes) -> Iterator[bytes]:
    """Yield the units of a stream with start codes."""
    starts = [(match.start(), match.end()) for match in _START_CODE.finditer(data)]
    for (_, begin), following in zip(starts, [*starts[1:], (len(data), 0)], strict=True):
        unit = data[begin : following[0]].rstrip(b"\x00")
        if unit:
            yield unit


def split_lengths(data: bytes, length_bytes: int) -> Iterator[bytes]:
    """Yield the units of a sample of a file, as far as it is whole."""
    at = 0
    while at + length_bytes <= len(data):
        size = int.from_bytes(data[at : at + length_bytes], "big")
        at += length_bytes
        if size:
            yield data[at : at + size]
        at += size


def join_lengths(units: Iterable[bytes], length_bytes: int) -> bytes:
    """Return a sample of a file made of `units`."""
    return b"".join(len(unit).to_bytes(length_bytes, "big") + unit for unit in units)


@dataclass(frozen=True, slots=True)
class Configuration:
    """AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1).

    `head` is its first four bytes (version, profile, compatibility, level), `tail` what higher
    profiles add behind the parameter sets.
    """

    head: bytes
    length_bytes: int
    sequences: tuple[bytes, ...]
    pictures: tuple[bytes, ...]
    tail: bytes = b""

    @classmethod
    def parse(cls, record: bytes) -> Self:
        """Read a record. Raises ValueError for what is none."""
        if len(record) < 7 or record[0] != 1:
            raise ValueError("not an AVC configuration record")
        sequences, at = _sets(record, 6, record[5] & 0x1F)
        if at >= len(record):
            raise ValueError("an AVC configuration record that ends early")
        pictures, at = _sets(record, at + 1, record[at])
        return cls(record[:4], (record[4] & 3) + 1, sequences, pictures, record[at:])

    @property
    def level(self) -> int:
        """Ten times the level, as 31 for 3.1."""
        return self.head[3]

    def with_sets(self, sequences: Iterable[bytes], pictures: Iterable[bytes]) -> Self:
        """Return this record with further parameter sets."""
        return replace(
            self,
            sequences=(*self.sequences, *sequences),
            pictures=(*self.pictures, *pictures),
        )

    def to_bytes(self) -> bytes:
        return b"".join(
            (
                self.head,
                bytes([0xFC | (self.length_bytes - 1), 0xE0 | len(self.sequences)]),
                *(len(each).to_bytes(2, "big") + each for each in self.sequences),
                bytes([len(self.pictures)]),
                *(len(each).to_bytes(2, "big") + each for each in self.pictures),
                self.tail,
            )
        )


def sequence_number(unit: bytes) -> int:
    """Return the id of a sequence parameter set; it stands behind three fixed bytes."""
    return _exp_golomb(unit[4:], 0)[0]


def picture_number(unit: bytes) -> int:
    """Return the id of a picture parameter set."""
    return _exp_golomb(unit[1:], 0)[0]


def _sets(record: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    found = []
    for _ in range(count):
        size = int.from_bytes(record[at : at + 2], "big")
        found.append(record[at + 2 : at + 2 + size])
        at += 2 + size
    if at > len(record):
        raise ValueError("an AVC configuration record that ends early")
    return tuple(found), at


def _exp_golomb(data: bytes, bit: int) -> tuple[int, int]:
    """Return the number at `bit` and the bit behind it (ITU-T H.264, 9.1)."""
    bits = "".join(f"{byte:08b}" for byte in data[:16])
    zeros = bits.index("1", bit) - bit
    end = bit + 2 * zeros + 1
    return int(bits[bit + zeros : end], 2) - 1, end
