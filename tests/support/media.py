"""Small media files of all kinds, made by ffmpeg."""

from __future__ import annotations

import subprocess
from pathlib import Path

_PICTURE = ("-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=1")
_SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1")
_WAYS = {
    ".webm": (*_PICTURE, *_SOUND, "-c:v", "libvpx", "-c:a", "libopus"),
    ".mp4": (*_PICTURE, *_SOUND, "-c:v", "libx264", "-c:a", "aac"),
    ".mkv": (*_PICTURE, *_SOUND, "-c:v", "libx264", "-c:a", "libopus"),
    ".mov": (*_PICTURE, *_SOUND, "-c:v", "libx264", "-c:a", "aac"),
    ".gif": _PICTURE,
    ".mp3": (*_SOUND, "-c:a", "libmp3lame"),
    ".wav": _SOUND,
    ".flac": _SOUND,
    ".ogg": (*_SOUND, "-c:a", "libvorbis"),
    ".m4a": (*_SOUND, "-c:a", "aac"),
}
SUFFIXES = tuple(_WAYS)


def make(path: Path, *more: str) -> Path:
    """Make a file of a second, of the kind that its name says; return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_name(f"made{path.suffix}")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *_WAYS[path.suffix], *more, str(whole)], check=True
    )
    whole.rename(path)
    return path


def film(path: Path, seconds: float) -> Path:
    """Make a film of that length in which everything moves, a few hundred kB; return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = f"testsrc2=size=640x360:rate=30:duration={seconds}"
    way = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-pix_fmt", "yuv420p")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", picture, *way, str(path)], check=True
    )
    return path
