"""What the app remembers of its own: the last area and kind, where windows were left.

Not settings: nobody sets them. A file that cannot be read or written costs convenience only.
"""

from __future__ import annotations

import logging
from functools import partial

import msgspec

from recorder_app import paths
from recorder_app.errors import StorageError
from recorder_app.media.whole_file import replacing
from recorder_app.shapes import from_json
from recorder_app.ui.background import Background

_log = logging.getLogger(__name__)


class LibraryLook(msgspec.Struct, frozen=True):
    """How the library window was left: `place` in logical pixels, and how recordings are shown."""

    place: tuple[int, int, int, int] | None = None
    is_maximized: bool = False
    look: str = "grid"
    order: str = ""
    is_reversed: bool = False
    sidebar_width: int = 208
    details_width: int = 320
    shows_details: bool = True


class Remembered(msgspec.Struct, frozen=True):
    """`last_area` is (x, y, width, height) in device pixels, `settings` a window in logical ones,
    and `bar` a place.

    Where there is a file the app was started before, by a version perhaps that did not welcome.
    """

    last_kind: str = "screen"
    last_target: str = ""
    last_area: tuple[int, int, int, int] | None = None
    bar: tuple[int, int] | None = None
    settings: tuple[int, int, int, int] | None = None
    library: LibraryLook = LibraryLook()
    pickers_used: int = 0
    was_welcomed: bool = True


def load() -> Remembered:
    try:
        return from_json((paths.data_folder() / "app.json").read_bytes(), Remembered)
    except FileNotFoundError:
        return Remembered(was_welcomed=False)
    except (OSError, msgspec.MsgspecError) as error:
        _log.warning("app state not read error=%s", error)
        return Remembered()


def save(state: Remembered) -> None:
    file = paths.data_folder() / "app.json"
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing(file) as stream:
            stream.write(msgspec.json.encode(state))
    except (OSError, StorageError) as error:
        _log.warning("app state not kept error=%s", error)


class Memory:
    """What is remembered now, kept whenever it changes. Used on the GUI thread."""

    def __init__(self, background: Background) -> None:
        self.state = load()
        self._background = background

    def note(self, **values: object) -> None:
        """Remember `values` instead of those before."""
        self.state = msgspec.structs.replace(self.state, **values)
        self._background.run(partial(save, self.state), lambda _: None)
