"""Shortcuts as people write them: "Ctrl+Alt+R", "Print", "Shift+F9".

Pure: what a key is to an operating system is known by the module that asks for it there.
"""

from __future__ import annotations

from dataclasses import dataclass

from recorder_app.errors import InvalidSettingError
from recorder_app.texts import N_

CTRL, ALT, SHIFT, SUPER = MODIFIERS = ("Ctrl", "Alt", "Shift", "Super")
"""In the order in which they are written."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
FUNCTION_KEYS = tuple(f"F{number}" for number in range(1, 25))
MEDIA_KEYS = (
    "MediaPlay",
    "MediaPause",
    "MediaStop",
    "MediaNext",
    "MediaPrevious",
    "MediaRecord",
    "VolumeUp",
    "VolumeDown",
    "VolumeMute",
    "MicrophoneMute",
)
PUNCTUATION = {
    "Plus": "+",
    "Minus": "-",
    "Equal": "=",
    "Comma": ",",
    "Period": ".",
    "Slash": "/",
    "Backslash": "\\",
    "Semicolon": ";",
    "Apostrophe": "'",
    "Grave": "`",
    "BracketLeft": "[",
    "BracketRight": "]",
}
_NAMED = (
    "Space",
    "Tab",
    "Return",
    "Escape",
    "Backspace",
    "Insert",
    "Delete",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Left",
    "Right",
    "Up",
    "Down",
    "Menu",
    "Pause",
    "Print",
)
KEYS = (*LETTERS, *DIGITS, *FUNCTION_KEYS, *_NAMED, *PUNCTUATION, *MEDIA_KEYS)
"""Every key that a shortcut can have."""

# Nobody types with these, so that they may be taken from all other programs by themselves.
_ALONE = {*FUNCTION_KEYS, *MEDIA_KEYS, "Print", "Pause"}
# What keyboards, Qt and other programs call them.
_OTHER_NAMES = {
    "control": "Ctrl",
    "option": "Alt",
    "meta": "Super",
    "win": "Super",
    "windows": "Super",
    "cmd": "Super",
    "command": "Super",
    "enter": "Return",
    "esc": "Escape",
    "ins": "Insert",
    "del": "Delete",
    "pgup": "PageUp",
    "pgdown": "PageDown",
    "pgdn": "PageDown",
    "printscreen": "Print",
    "prtsc": "Print",
    "break": "Pause",
    "mediatogglepause": "MediaPlay",
    "mutemicrophone": "MicrophoneMute",
}
_BY_NAME = (
    {name.lower(): name for name in (*KEYS, *MODIFIERS)}
    | {character: name for name, character in PUNCTUATION.items()}
    | _OTHER_NAMES
)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A key and the modifiers held with it. Text in normal form is ``str(shortcut)``."""

    modifiers: frozenset[str]
    key: str

    def __str__(self) -> str:
        return "+".join([*(one for one in MODIFIERS if one in self.modifiers), self.key])


def parse_shortcut(text: str) -> Shortcut:
    """Read a shortcut; capitals, spaces and the order of the modifiers do not matter.

    Raises InvalidSettingError, which names the part that is wrong.
    """
    parts = [part.strip() for part in text.strip().split("+")]
    if parts[-2:] == ["", ""]:
        parts[-2:] = ["Plus"]
    if not all(parts):
        raise InvalidSettingError(
            N_("“{shortcut}” is not a combination of keys."),
            hint=N_("Write it like Ctrl+Alt+R, Shift+F9 or Print."),
            shortcut=text,
        )
    # Names that Qt writes in two words ("Media Play") are one.
    known = [(part, _BY_NAME.get(part.replace(" ", "").lower())) for part in parts]
    modifiers: set[str] = set()
    for part, name in known[:-1]:
        if name not in MODIFIERS or name in modifiers:
            raise InvalidSettingError(
                N_("“{part}” in “{shortcut}” is not one of Ctrl, Alt, Shift and Super.")
                if name not in MODIFIERS
                else N_("“{part}” is twice in “{shortcut}”."),
                hint=N_("Write it like Ctrl+Alt+R, Shift+F9 or Print."),
                part=part,
                shortcut=text,
            )
        modifiers.add(name)
    part, key = known[-1]
    if key is None:
        raise InvalidSettingError(
            N_("“{part}” in “{shortcut}” is not a key that a shortcut can have."),
            hint=N_("Use a letter, a digit, F1 to F24, or a name such as Print, Space or PageUp."),
            part=part,
            shortcut=text,
        )
    if key in MODIFIERS:
        raise InvalidSettingError(
            N_("“{shortcut}” has no key beside Ctrl, Alt, Shift and Super."),
            hint=N_("Add one: a letter, a digit, F1 to F24, Print or another."),
            shortcut=text,
        )
    if key not in _ALONE and not modifiers - {SHIFT}:
        raise InvalidSettingError(
            N_("“{shortcut}” is needed for typing."),
            hint=N_("Add Ctrl, Alt or Super, or use a key such as F9 or Print."),
            shortcut=text,
        )
    return Shortcut(frozenset(modifiers), key)
