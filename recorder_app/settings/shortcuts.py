"""Shortcuts as text, such as ``Ctrl+Alt+R``, in one spelling."""

from __future__ import annotations

from recorder_app.errors import InvalidSettingError
from recorder_app.texts import N_

_MODIFIERS = {"ctrl": "Ctrl", "control": "Ctrl", "alt": "Alt", "shift": "Shift"} | dict.fromkeys(
    ("meta", "super", "win"), "Meta"
)
_ORDER = ("Ctrl", "Alt", "Shift", "Meta")
_NAMED = (
    *("Space", "Tab", "Return", "Backspace", "Insert", "Delete", "Home", "End", "PgUp", "PgDown"),
    *("Left", "Right", "Up", "Down", "Print", "Pause", "ScrollLock"),
    *(f"F{number}" for number in range(1, 25)),
)
# These type nothing, so that they may be taken alone.
_ALONE = {"Print", "Pause", "ScrollLock", *(f"F{number}" for number in range(1, 25))}
_KEYS = {key.lower(): key for key in (*_NAMED, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")}


def checked_shortcut(text: str) -> str:
    """Return `text` in its usual spelling; empty stays empty. Raises InvalidSettingError."""
    if not text.strip():
        return ""
    *held, last = (part.strip().lower() for part in text.split("+"))
    modifiers = {_MODIFIERS.get(part, "") for part in held}
    key = _KEYS.get(last, "")
    is_enough = key in _ALONE or modifiers - {"Shift"}
    if not key or "" in modifiers or not is_enough:
        raise InvalidSettingError(
            N_("That is no shortcut."),
            hint=N_("Use Ctrl, Alt or Meta with a letter, digit or key, such as Ctrl+Alt+R."),
        )
    return "+".join([*(name for name in _ORDER if name in modifiers), key])
