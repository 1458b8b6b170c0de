"""A frame number drawn as black and white cells, readable after lossy encoding.

The synthetic source, the self-test and the test desktop draw it; whoever checks a recording reads
it back and knows exactly which picture each frame holds.
"""

import numpy as np
import numpy.typing as npt

COLUMNS = 8
ROWS = 4
_CELLS = COLUMNS * ROWS
_CHECK_BITS = 8
_NUMBER_BITS = _CELLS - _CHECK_BITS
MAX_NUMBER = (1 << _NUMBER_BITS) - 1
# Cells nearer to grey than this are a torn or mixed picture, not a number.
_CONTRAST = 40


def _check(number: int) -> int:
    """Return eight bits that change with every bit of `number` (CRC-8, polynomial 0x07)."""
    crc = 0xA5  # An all-black picture must not read as number 0.
    for shift in (16, 8, 0):
        crc ^= number >> shift & 0xFF
        for _ in range(8):
            crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc


def cells(number: int) -> list[list[bool]]:
    """Return ROWS lists of COLUMNS cells for `number`; True is white.

    `number` counts modulo 2**24.
    """
    number &= MAX_NUMBER
    word = number << _CHECK_BITS | _check(number)
    bits = [bool(word >> (_CELLS - 1 - index) & 1) for index in range(_CELLS)]
    return [bits[row * COLUMNS : (row + 1) * COLUMNS] for row in range(ROWS)]


def decode(luma: npt.NDArray[np.uint8]) -> int | None:
    """Return the number in `luma`, the grey picture of exactly the barcode's rectangle.

    Returns None when cells are neither black nor white or the check bits disagree.
    """
    height, width = luma.shape
    word = 0
    for row in range(ROWS):
        for column in range(COLUMNS):
            top, left = height * row // ROWS, width * column // COLUMNS
            bottom, right = height * (row + 1) // ROWS, width * (column + 1) // COLUMNS
            dy, dx = (bottom - top) // 4, (right - left) // 4
            mean = float(luma[top + dy : bottom - dy, left + dx : right - dx].mean())
            if abs(mean - 128) < _CONTRAST:
                return None
            word = word << 1 | (mean > 128)
    number, check = word >> _CHECK_BITS, word & 0xFF
    return number if _check(number) == check else None
