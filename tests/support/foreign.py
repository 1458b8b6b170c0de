"""Files that other programs made, with numbered pictures and a beep every second."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from recorder_app.capture import barcode
from recorder_app.media.geometry import Rect
from tests.support.recordings import luma, pictures

WIDTH, HEIGHT = 320, 240
# Upper left, on whole blocks of every cell.
BAR = Rect(0, 0, 160, 80)
_BEEPS = "aevalsrc='if(lt(mod(t,1),0.1),0.5*sin(2*PI*1000*t),0)':s=48000:d={seconds}"


@dataclass(frozen=True)
class Made:
    """A file, how many pictures a second it has and how many in all."""

    path: Path
    rate: Fraction
    count: int

    @property
    def length(self) -> Fraction:
        return self.count / self.rate


def make(
    path: Path,
    *options: str,
    rate: Fraction = Fraction(30),
    seconds: int = 8,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    sounds: int = 1,
    more: Sequence[str] = (),
) -> Made:
    """Make `path` by ffmpeg: `options` say how it is encoded, `more` are further inputs."""
    count = int(seconds * rate)
    inputs = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{size[0]}x{size[1]}", "-r", str(rate)]
    inputs += ["-i", "pipe:0"]
    for _ in range(sounds):
        inputs += ["-f", "lavfi", "-i", _BEEPS.format(seconds=float(count / rate))]
    maps = [each for index in range(1 + sounds) for each in ("-map", str(index))]
    command = ["ffmpeg", "-v", "error", "-y", *inputs, *more, *maps, *options, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert process.stdin is not None
    for number in range(count):
        process.stdin.write(picture(number, *size))
    process.stdin.close()
    assert process.wait(60) == 0
    return Made(path, rate, count)


@dataclass(frozen=True)
class Seen:
    """A picture of a file: when it is shown, in seconds, and its number, None if unreadable."""

    time: Fraction
    number: int | None


def seen(path: Path) -> list[Seen]:
    """Read the pictures of `path` as they stand in it, whatever their format."""
    found = []
    for _, frame in pictures(path):
        assert frame.pts is not None
        assert frame.time_base is not None
        time = Fraction(frame.pts * frame.time_base)
        grey = luma(frame.reformat(format="gray"))
        bar = grey[BAR.y : BAR.bottom, BAR.x : BAR.right]
        found.append(Seen(time, barcode.decode(bar)))
    return found


def picture(number: int, width: int, height: int) -> bytes:
    """Return a grey picture with `number` as a barcode, and something that moves."""
    grey = np.full((height, width), 96, np.uint8)
    cells = np.array(barcode.cells(number), np.uint8) * 219 + 16
    grey[: BAR.height, : BAR.width] = np.kron(
        cells, np.ones((BAR.height // barcode.ROWS, BAR.width // barcode.COLUMNS), np.uint8)
    )
    left = number * 3 % (width - 20)
    grey[height - 60 : height - 20, left : left + 20] = 200
    return grey.tobytes()
