"""Exports as they are asked for and told of; light, for those who need no library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

DONE, QUEUED = "done", "queued"


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What to make of a recording as it is edited; without `output` a new version of it."""

    preset: str
    output: Path | None = None
    limit_bytes: int | None = None
    overwrite: bool = False


class ExportEntry(msgspec.Struct, frozen=True):
    """What became of an export. `state` is ``done`` or ``queued``; then only `job` is known.

    `copied` and `encoded` count pictures, `damaged` what could not be decoded; `reason` (code,
    message, hint) is why more was encoded than the cut needs. A new version has `id` and `title`,
    and is made from the recording `version_of`.
    """

    state: str
    path: str = ""
    size_bytes: int = 0
    length_s: float = 0.0
    copied: int = 0
    encoded: int = 0
    damaged: int = 0
    reason: dict[str, Any] | None = None
    id: str = ""
    short_id: str = ""
    title: str = ""
    version_of: str = ""
    job: str = ""
