"""JSON on stdout."""

from __future__ import annotations

import msgspec


def as_json(value: object) -> str:
    """Return `value`, a structure or plain data, as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
