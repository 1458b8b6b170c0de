"""How somebody likes to listen: volume and speed, kept from one film to the next.

Not settings: nobody sets them. A file that cannot be read or written costs convenience only.
"""

from __future__ import annotations

import logging
from typing import Annotated

import msgspec

from recorder_app import paths
from recorder_app.errors import StorageError
from recorder_app.media.whole_file import replacing
from recorder_app.shapes import from_json

_log = logging.getLogger(__name__)

SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)


class Habits(msgspec.Struct, frozen=True):
    """`volume` is 0 to 1 as it is heard."""

    volume: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    is_muted: bool = False
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0


def load() -> Habits:
    try:
        return from_json((paths.data_folder() / "player.json").read_bytes(), Habits)
    except FileNotFoundError:
        return Habits()
    except (OSError, msgspec.MsgspecError) as error:
        _log.warning("player habits not read error=%s", error)
        return Habits()


def save(habits: Habits) -> None:
    file = paths.data_folder() / "player.json"
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing(file) as stream:
            stream.write(msgspec.json.encode(habits))
    except (OSError, StorageError) as error:
        _log.warning("player habits not kept error=%s", error)
