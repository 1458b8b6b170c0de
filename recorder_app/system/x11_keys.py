"""Where keys are on the keyboard of an X server.

From the X Window System Protocol, version 11: a keycode is a place on the keyboard, a keysym what
stands on it. GetKeyboardMapping lists for each keycode its keysyms by column: plain, with Shift,
then the same for the second layout. GetModifierMapping lists the keycodes of each of the eight
modifiers Shift, Lock, Control and Mod1 to Mod5; what Mod1 to Mod5 mean is what stands on them.
"""

from __future__ import annotations

import functools
import itertools
import operator

import xcffib
import xcffib.keysymdef
import xcffib.xf86keysym
import xcffib.xproto

from recorder_app.system.keys import (
    ALT,
    CTRL,
    FUNCTION_KEYS,
    PUNCTUATION,
    SHIFT,
    SUPER,
    Shortcut,
)

_SYMS = xcffib.keysymdef
_MEDIA = xcffib.xf86keysym

_NAMED: dict[str, int] = {
    "Space": _SYMS.XK_space,
    "Tab": _SYMS.XK_Tab,
    "Return": _SYMS.XK_Return,
    "Escape": _SYMS.XK_Escape,
    "Backspace": _SYMS.XK_BackSpace,
    "Insert": _SYMS.XK_Insert,
    "Delete": _SYMS.XK_Delete,
    "Home": _SYMS.XK_Home,
    "End": _SYMS.XK_End,
    "PageUp": _SYMS.XK_Page_Up,
    "PageDown": _SYMS.XK_Page_Down,
    "Left": _SYMS.XK_Left,
    "Right": _SYMS.XK_Right,
    "Up": _SYMS.XK_Up,
    "Down": _SYMS.XK_Down,
    "Menu": _SYMS.XK_Menu,
    "Pause": _SYMS.XK_Pause,
    "Print": _SYMS.XK_Print,
    "MediaPlay": _MEDIA.XF86XK_AudioPlay,
    "MediaPause": _MEDIA.XF86XK_AudioPause,
    "MediaStop": _MEDIA.XF86XK_AudioStop,
    "MediaNext": _MEDIA.XF86XK_AudioNext,
    "MediaPrevious": _MEDIA.XF86XK_AudioPrev,
    "MediaRecord": _MEDIA.XF86XK_AudioRecord,
    "VolumeUp": _MEDIA.XF86XK_AudioRaiseVolume,
    "VolumeDown": _MEDIA.XF86XK_AudioLowerVolume,
    "VolumeMute": _MEDIA.XF86XK_AudioMute,
    "MicrophoneMute": _MEDIA.XF86XK_AudioMicMute,
}

Combination = tuple[int, int]
"""A keycode and the modifiers' bits."""


class Keyboard:
    """The keyboard as it was when this was made. Raises xcffib's errors, and only when made."""

    def __init__(self, connection: xcffib.Connection) -> None:
        setup = connection.get_setup()
        self._first: int = setup.min_keycode
        count = setup.max_keycode - setup.min_keycode + 1
        mapping = connection.core.GetKeyboardMapping(self._first, count)
        modifiers = connection.core.GetModifierMapping().reply()
        reply = mapping.reply()
        self._columns: int = reply.keysyms_per_keycode
        self._keysyms: list[int] = list(reply.keysyms)
        per_modifier: int = modifiers.keycodes_per_modifier
        codes: list[int] = list(modifiers.keycodes)
        self._on_modifier = [
            {sym for code in codes[at : at + per_modifier] if code for sym in self._syms_of(code)}
            for at in range(0, 8 * per_modifier, per_modifier)
        ]
        mask = xcffib.xproto.ModMask
        self._masks = {
            CTRL: mask.Control,
            SHIFT: mask.Shift,
            ALT: self._modifier(_SYMS.XK_Alt_L, _SYMS.XK_Alt_R) or mask._1,
            SUPER: self._modifier(_SYMS.XK_Super_L, _SYMS.XK_Super_R) or mask._4,
        }
        locks = {
            mask.Lock,
            self._modifier(_SYMS.XK_Num_Lock),
            self._modifier(_SYMS.XK_Scroll_Lock),
        } - {0, *self._masks.values()}
        sets = (itertools.combinations(locks, size) for size in range(len(locks) + 1))
        self.locks: list[int] = [sum(one) for one in itertools.chain.from_iterable(sets)]
        """The bits of every set of locks that may be on: Caps, Num and Scroll."""
        self.modifier_mask: int = functools.reduce(operator.or_, self._masks.values())
        """The bits of all modifiers that a shortcut can have."""

    def combinations(self, shortcut: Shortcut) -> frozenset[Combination]:
        """Return where a shortcut is, without locks; nothing when the keyboard has not that key."""
        modifiers = sum(self._masks[one] for one in shortcut.modifiers)
        return frozenset((code, modifiers) for code in self._codes(_keysym(shortcut.key)))

    def _codes(self, keysym: int) -> list[int]:
        # A key on which it stands first is meant before one that gives it with Shift: on a French
        # keyboard "1" is only there with Shift, and "&" is what stands there first.
        for column in range(self._columns):
            every = range(column, len(self._keysyms), self._columns)
            found = [at for at in every if self._keysyms[at] == keysym]
            if found:
                return [self._first + at // self._columns for at in found]
        return []

    def _syms_of(self, code: int) -> list[int]:
        at = (code - self._first) * self._columns
        return self._keysyms[at : at + self._columns]

    def _modifier(self, *keysyms: int) -> int:
        """Return the bit of the modifier on which one of `keysyms` is; 0 when there is none."""
        # The first three are Shift, Lock and Control whatever is on them.
        for at in range(3, 8):
            if not self._on_modifier[at].isdisjoint(keysyms):
                return 1 << at
        return 0


def _keysym(key: str) -> int:
    if key in _NAMED:
        return _NAMED[key]
    if key in FUNCTION_KEYS:
        # They follow one another in keysymdef.h.
        return int(_SYMS.XK_F1) + FUNCTION_KEYS.index(key)
    # A keysym of Latin-1 is its character's number.
    return ord(PUNCTUATION.get(key, key.lower()))
