"""What the commands print; a reader that went away stops nothing."""

from __future__ import annotations

import contextlib
import os
import sys

import msgspec


def as_json(value: object) -> str:
    """Return `value`, a structure or plain data, as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def write_line(text: str, *, err: bool = False) -> None:
    """Write one line to stdout or stderr.

    A closed terminal, a broken pipe or a full disk behind it is nothing a recording may fail of:
    what cannot be written is left out, then and later.
    """
    stream = sys.stderr if err else sys.stdout
    if stream is None:
        return
    try:
        stream.write(text + "\n")
        stream.flush()
    except (OSError, ValueError):
        # Python flushes again at its end and would fail then.
        silent = open(os.devnull, "w")  # noqa: SIM115 - lives as long as the process
        if err:
            sys.stderr = silent
        else:
            sys.stdout = silent
        with contextlib.suppress(OSError, ValueError):
            stream.close()
