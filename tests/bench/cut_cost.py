"""What an exact trim costs beside its parts and its rivals: ``make bench-cut-cost``.

Ten minutes of 1080p. In one run, in turns: our trim; a stream copy by ffmpeg, the encoding of one
group of pictures for each cut and of the sound, whose sum a trim may cost 1.25 times; a full
encoding with the same settings, which is to take 30 times as long; the ``smartcut`` package.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from recorder_app.media import profiles
from recorder_app.media.probe import probe
from tests.support import cuts

GOAL, FASTER = 1.25, 30
_PICTURE = "pattern@1920x1080"
_GROUP_S = 2.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--formats", nargs="+", default=["webm", "mp4"])
    parser.add_argument("--folder", type=Path, help="keep the recordings there, or use those there")
    chosen = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rival = _smartcut(folder)
        for form in chosen.formats:
            source = (chosen.folder or folder) / f"take-{chosen.minutes:g}.{form}"
            if not source.exists():
                seconds = chosen.minutes * 60
                cuts.take(source, _PICTURE, "noise", seconds=seconds, fps=30, profile=form)
            missed += _measure(source, form, folder, rival, chosen.turns)
    return 1 if missed else 0


def _measure(source: Path, form: str, folder: Path, rival: str, turns: int) -> int:
    length = probe(source).duration_s
    begin, end = 3.217, length - 4.29
    known = profiles.load()
    video, sound = known.profile(form).video[0], known.profile(form).sound[0]
    target = folder / f"out.{source.suffix[1:]}"
    picture = _options(video)
    ways: dict[str, Sequence[str]] = {
        "trim": (
            *(sys.executable, "-m", "recorder_app", "trim", str(source)),
            *("--start", str(begin), "--end", str(end), "--output", str(target)),
        ),
        "stream copy": _ffmpeg(source, "-c", "copy", str(target)),
        "one group": _ffmpeg(source, "-an", *picture, str(target), span=("-t", str(_GROUP_S))),
        "the sound": _ffmpeg(source, "-vn", "-c:a", sound, "-b:a", "128k", str(target)),
        "smartcut": (rival, str(source), str(target), "--keep", f"{begin},{end}"),
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(turns):
        for name, command in ways.items():
            took[name].append(_timed(command, target))
    took["all anew"] = [_timed(_ffmpeg(source, *picture, "-c:a", sound, str(target)), target)]
    s = {name: statistics.median(times) for name, times in took.items()}
    for name, value in s.items():
        print(f"{form}: {name:12} {value:7.2f} s")
    allowed = s["stream copy"] + s["one group"] + s["the sound"]
    ratio, faster = s["trim"] / allowed, s["all anew"] / s["trim"]
    print(f"{form}: trim is {ratio:.2f} of copy, group and sound (at most {GOAL})")
    print(f"{form}: trim is {faster:.0f} times faster than encoding all (at least {FASTER})")
    print(f"{form}: trim takes {s['trim'] / s['smartcut']:.2f} of what smartcut takes (at most 1)")
    return int(ratio > GOAL) + int(faster < FASTER) + int(s["trim"] > s["smartcut"])


def _options(encoder: str) -> tuple[str, ...]:
    about = profiles.load().encoders[encoder]
    options = [("-c:v", encoder), ("-pix_fmt", about.pixel_format)]
    options += [(f"-{name}", value) for name, value in about.all_options("medium").items()]
    if about.quality["medium"].bit_rate:
        options.append(("-b:v", str(about.quality["medium"].bit_rate)))
    return tuple(word for pair in options for word in pair)


def _ffmpeg(source: Path, *rest: str, span: tuple[str, ...] = ()) -> tuple[str, ...]:
    return ("ffmpeg", "-v", "error", "-nostdin", "-y", *span, "-i", str(source), *rest)


def _timed(command: Sequence[str], target: Path) -> float:
    target.unlink(missing_ok=True)
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return time.monotonic() - began


def _smartcut(folder: Path) -> str:
    """Install the package, which wants another version of PyAV, into an environment of its own."""
    place = folder / "smartcut"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    command = [str(place / "bin" / "python"), "-m", "pip", "install", "-q", "smartcut==1.7"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return str(place / "bin" / "smartcut")


if __name__ == "__main__":
    sys.exit(main())
