"""What the commands print; a reader that went away stops nothing."""

from __future__ import annotations

import contextlib
import os
import sys

import msgspec

_SIGNS = {
    code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"
}


def as_json(value: object) -> str:
    """Return `value`, a structure or plain data, as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def visible(text: str) -> str:
    """Return `text` with control characters as signs, line ends and tabs apart.

    Titles and names of files come from anywhere; a terminal would obey what is in them.
    """
    return text if text.isprintable() else text.translate(_SIGNS)


def write_line(text: str, *, err: bool = False) -> None:
    """Write one line to stdout or stderr, control characters as signs."""
    write(visible(text) + "\n", err=err)


def write(text: str, *, err: bool = False) -> None:
    """Write `text` to stdout or stderr at once.

    A closed terminal, a broken pipe or a full disk behind it is nothing a recording may fail of:
    what cannot be written is left out, then and later.
    """
    stream = sys.stderr if err else sys.stdout
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):
        # From now on into nothing, what is buffered included: Python flushes again at its end and
        # would fail then. The descriptor stays taken, so that no file of ours gets its number.
        with contextlib.suppress(OSError, ValueError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, stream.fileno())
            os.close(nothing)


def take_standard_descriptors() -> None:
    """Open what is closed of the descriptors 0 to 2, onto nothing.

    A file opened later would get such a number, and a library that writes to "stderr" would write
    into a recording.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free number is the one that is missing.
            os.open(os.devnull, os.O_RDWR)
