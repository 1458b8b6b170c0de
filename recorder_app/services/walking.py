"""The files below folders, without hidden ones and without going in circles."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from recorder_app.pipeline.journal import LibraryNote, sidecar

# What rebuilding and searching look at; importing looks at everything it is given.
_SUFFIXES = "webm mkv mka mp4 m4v m4a mov gif avi ogg ogv oga opus mp3 wav flac aac"
MEDIA_SUFFIXES = frozenset(f".{name}" for name in _SUFFIXES.split())


def files_below(
    folder: Path, on_error: Callable[[OSError], None] = lambda _: None
) -> Iterator[Path]:
    """Yield the files below `folder` in order; links are followed, each folder is read once.

    `on_error` is told of the folders that cannot be read.
    """
    seen: set[tuple[int, int]] = set()
    for place, folders, names in os.walk(folder, onerror=on_error, followlinks=True):
        try:
            found = os.stat(place)
        except OSError as error:
            on_error(error)
            continue
        if (found.st_dev, found.st_ino) in seen:
            folders.clear()
            continue
        seen.add((found.st_dev, found.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))


def media_below(folder: Path) -> Iterator[Path]:
    """Yield the files below `folder` whose names are those of media."""
    return filter(is_media, files_below(folder))


def media_in(folder: Path) -> Iterator[Path]:
    """Yield the files in `folder`, not below it, whose names are those of media."""
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError:
        return iter(())
    return (path for name in names if is_media(path := folder / name) and path.is_file())


def is_media(path: Path) -> bool:
    """Return whether the name is that of media."""
    return path.suffix.lower() in MEDIA_SUFFIXES


def library_note(media: Path) -> LibraryNote | None:
    """Return what the sidecar of `media` says of its place in the library."""
    entry = sidecar(media)
    if entry is None:
        return None
    if entry.library is not None:
        return entry.library
    return LibraryNote(entry.recording_id) if entry.recording_id else None


def storable(text: str) -> str:
    """Return `text` without what no database and no JSON can hold: broken Unicode and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def printable(path: Path) -> str:
    """Return `path` as text that can be stored and sent; most names are that already."""
    return os.fsencode(path).decode("utf-8", "replace")
