"""Global shortcuts on Windows: RegisterHotKey, for a thread that only waits for its messages.

From Microsoft's documentation of RegisterHotKey, UnregisterHotKey, WM_HOTKEY, GetMessage and
PostThreadMessage: a shortcut belongs to the thread that registered it, which must also give it
back; MOD_NOREPEAT keeps a held key from counting again; error 1409 says that another program has
the combination. Not yet tried on Windows.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Mapping
from ctypes import wintypes
from typing import Any

from recorder_app.errors import ShortcutsUnavailable, ShortcutTaken
from recorder_app.system.hotkeys import OnPressed, OnProblem
from recorder_app.system.keys import ALT, CTRL, FUNCTION_KEYS, SHIFT, SUPER, Shortcut
from recorder_app.texts import N_

_WM_QUIT, _WM_HOTKEY, _WM_APP = 0x0012, 0x0312, 0x8000
_MODIFIERS = {ALT: 0x0001, CTRL: 0x0002, SHIFT: 0x0004, SUPER: 0x0008}
_MOD_NOREPEAT = 0x4000
_ERROR_HOTKEY_ALREADY_REGISTERED = 1409
_VK_F1 = 0x70
_LIMIT_S = 0.9

# From winuser.h, "Virtual-Key Codes". What stands on the VK_OEM keys is that of a US keyboard.
_KEYS = {
    "Space": 0x20,
    "Tab": 0x09,
    "Return": 0x0D,
    "Escape": 0x1B,
    "Backspace": 0x08,
    "Insert": 0x2D,
    "Delete": 0x2E,
    "Home": 0x24,
    "End": 0x23,
    "PageUp": 0x21,
    "PageDown": 0x22,
    "Left": 0x25,
    "Up": 0x26,
    "Right": 0x27,
    "Down": 0x28,
    "Menu": 0x5D,
    "Pause": 0x13,
    "Print": 0x2C,
    "Plus": 0xBB,
    "Equal": 0xBB,
    "Minus": 0xBD,
    "Comma": 0xBC,
    "Period": 0xBE,
    "Slash": 0xBF,
    "Backslash": 0xDC,
    "Semicolon": 0xBA,
    "Apostrophe": 0xDE,
    "Grave": 0xC0,
    "BracketLeft": 0xDB,
    "BracketRight": 0xDD,
    "MediaPlay": 0xB3,
    "MediaPause": 0xB3,
    "MediaStop": 0xB2,
    "MediaNext": 0xB0,
    "MediaPrevious": 0xB1,
    "VolumeUp": 0xAF,
    "VolumeDown": 0xAE,
    "VolumeMute": 0xAD,
}


def virtual_key(key: str) -> int | None:
    """Return Windows' number of a key; None when there is none."""
    if key in FUNCTION_KEYS:
        return _VK_F1 + FUNCTION_KEYS.index(key)
    # Letters and digits have their character's number.
    return ord(key) if len(key) == 1 else _KEYS.get(key)


class WindowsHotkeys:
    """A thread with a message queue."""

    def __init__(self, on_pressed: OnPressed, on_problem: OnProblem) -> None:
        self._on_pressed, self._on_problem = on_pressed, on_problem
        self._user32: Any = ctypes.WinDLL("user32", use_last_error=True)  # type: ignore[attr-defined]
        self._lock = threading.Lock()
        self._wanted: dict[str, Shortcut] = {}
        self._held: dict[int, tuple[str, Shortcut]] = {}
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hotkeys", daemon=True)
        self._thread.start()
        # A thread has no queue to post to before it first looks into it.
        self._is_ready.wait(_LIMIT_S)

    def set(self, wanted: Mapping[str, Shortcut]) -> None:
        with self._lock:
            self._wanted = dict(wanted)
        self._user32.PostThreadMessageW(self._thread.native_id, _WM_APP, 0, 0)

    def close(self) -> None:
        self._user32.PostThreadMessageW(self._thread.native_id, _WM_QUIT, 0, 0)
        self._thread.join(_LIMIT_S)

    def _run(self) -> None:
        message = wintypes.MSG()
        self._user32.PeekMessageW(ctypes.byref(message), None, 0, 0, 0)
        self._is_ready.set()
        # 0 is WM_QUIT, -1 a failure after which none would come any more.
        while self._user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            if message.message == _WM_HOTKEY and message.wParam in self._held:
                self._on_pressed(self._held[message.wParam][0])
            elif message.message == _WM_APP:
                self._register()
        self._unregister()

    def _unregister(self) -> None:
        for number in self._held:
            self._user32.UnregisterHotKey(None, number)
        self._held.clear()

    def _register(self) -> None:
        with self._lock:
            wanted = dict(self._wanted)
        self._unregister()
        # 0x0000 to 0xBFFF are for programs.
        for number, (action, shortcut) in enumerate(wanted.items(), start=1):
            modifiers = sum(_MODIFIERS[one] for one in shortcut.modifiers) | _MOD_NOREPEAT
            key = virtual_key(shortcut.key)
            if key is not None and self._user32.RegisterHotKey(None, number, modifiers, key):
                self._held[number] = (action, shortcut)
                continue
            last: int = ctypes.get_last_error()  # type: ignore[attr-defined]
            is_taken = key is not None and last == _ERROR_HOTKEY_ALREADY_REGISTERED
            kind = ShortcutTaken if is_taken else ShortcutsUnavailable
            self._on_problem(
                action,
                kind(
                    N_("{shortcut} is taken by another program.")
                    if is_taken
                    else N_("This system does not give {shortcut} to programs."),
                    hint=N_("Choose another in the settings."),
                    shortcut=shortcut,
                ),
            )
