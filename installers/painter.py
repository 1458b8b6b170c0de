"""Paint a known picture on the desktop named by DISPLAY, for the demo, tests and benchmarks.

Run as ``python installers/painter.py MODE``. Prints ``ready`` when the first picture is on the
screen. ``--log`` gets a line ``number monotonic_ns`` for each picture the server has drawn.
"""

import argparse
import contextlib
import math
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

# So that this also runs where the package is not installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import xcffib

from installers import scenes
from installers.canvas import Canvas, Rect

_COLOURS = "c00000,00c000,0000c0,c0c000,c000c0,00c0c0,c0c0c0,404040"
_RATES = {"barcode": 20.0, "typing": 6.0, "motion": 30.0, "demo": 30.0}
"""The modes that move, and their pictures a second."""


def _rect(text: str) -> Rect:
    match = re.fullmatch(r"(\d+)x(\d+)\+(-?\d+)\+(-?\d+)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 640x480+10+20")
    width, height, left, top = map(int, match.groups())
    return left, top, width, height


def _moments(rate: float, count: int | None) -> Iterator[tuple[int, float]]:
    """Yield numbers and when to paint them. Moments missed are left out, never hurried through."""
    start, slot, number = time.monotonic(), 0, 1
    while count is None or number < count:
        slot = max(slot + 1, int((time.monotonic() - start) * rate))
        yield number, start + slot / rate
        number += 1


def _scene(canvas: Canvas, options: argparse.Namespace) -> scenes.Step:
    match options.mode:
        case "barcode":
            return scenes.barcode(canvas, options.bar)
        case "colours":
            return scenes.colours(canvas, options.colours)
        case "motion":
            return scenes.motion(canvas)
        case "typing":
            return scenes.typing(canvas)
        case "demo":
            return scenes.demo(canvas)
    return scenes.still(canvas)


def _paint(options: argparse.Namespace, log: TextIO | None) -> None:
    canvas = Canvas(options.geometry, options.title)
    step = _scene(canvas, options)
    step(0)
    canvas.open()
    end = time.monotonic() + (options.duration or math.inf)

    def note(number: int) -> None:
        moment = canvas.finish()
        if log:
            log.write(f"{number} {moment}\n")

    note(0)
    print("ready", flush=True)
    rate = options.rate or _RATES.get(options.mode)
    if rate is None:
        return canvas.wait_until(end)
    for number, moment in _moments(rate, options.count):
        canvas.wait_until(min(moment, end))
        if moment >= end:
            return None
        step(number)
        note(number)
    # The last picture stays for its own time, or for the whole duration.
    return canvas.wait_until(end if options.duration else time.monotonic() + 1 / rate)


def main() -> None:
    """Read the options and paint until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=[*_RATES, "still", "colours"])
    parser.add_argument("--geometry", type=_rect, help="WxH+X+Y; the whole screen if not given")
    parser.add_argument("--title", help="open a normal window of this name, not a bare one")
    parser.add_argument("--rate", type=float, help="pictures a second")
    parser.add_argument("--count", type=int, help="end after so many pictures")
    parser.add_argument("--duration", type=float, help="end after so many seconds")
    parser.add_argument("--log", type=Path, help="file for 'number monotonic_ns' lines")
    parser.add_argument("--bar", type=_rect, default="512x256+64+64", help="place of the barcode")
    parser.add_argument(
        "--colours",
        type=lambda text: [int(part, 16) for part in text.split(",")],
        default=_COLOURS,
        help="RRGGBB,... for the mode of that name",
    )
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with contextlib.ExitStack() as stack:
        log = None
        if options.log:
            # A line is in the file as soon as its picture is on the screen.
            log = stack.enter_context(options.log.open("w", buffering=1))
        try:
            _paint(options, log)
        except xcffib.ConnectionException:
            sys.exit("painter: the display went away or could not be opened")


if __name__ == "__main__":
    main()
