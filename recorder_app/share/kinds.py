"""The kinds of destinations there are. A kind is loaded when it is asked for."""

from __future__ import annotations

import importlib

from recorder_app.errors import InvalidSettingError
from recorder_app.share.destination import Kind
from recorder_app.texts import N_

# Each module has its `KIND`.
_MODULES = {
    "bunny-stream": "recorder_app.share.bunny_stream",
    "bunny-storage": "recorder_app.share.bunny_storage",
    "s3": "recorder_app.share.s3",
    "folder": "recorder_app.share.folder",
}


def names() -> tuple[str, ...]:
    """Return the names of all kinds."""
    return tuple(_MODULES)


def kind(name: str) -> Kind:
    """Return the kind with that name. Raises InvalidSettingError."""
    if name not in _MODULES:
        raise InvalidSettingError(
            N_("There is no kind of destination called “{name}”."),
            hint=N_("Choose one of: {known}."),
            name=name,
            known=", ".join(_MODULES),
        )
    found: Kind = importlib.import_module(_MODULES[name]).KIND
    return found
