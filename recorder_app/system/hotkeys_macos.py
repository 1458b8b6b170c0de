"""Global shortcuts on macOS: Carbon's RegisterEventHotKey.

From Apple's headers CarbonEvents.h and Events.h: shortcuts are given for the application's event
target and come through the main thread's event loop, which Qt runs; no permission is needed, as
no other key is seen. Error -9878 (eventHotKeyExistsErr) says that the combination is taken. Not
yet tried on macOS.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Mapping
from typing import Any

from recorder_app.errors import ShortcutsUnavailable, ShortcutTaken
from recorder_app.system.hotkeys import OnPressed, OnProblem
from recorder_app.system.keys import ALT, CTRL, SHIFT, SUPER, Shortcut
from recorder_app.texts import N_

_MODIFIERS = {SUPER: 0x0100, SHIFT: 0x0200, ALT: 0x0800, CTRL: 0x1000}
_NO_ERR, _HOT_KEY_EXISTS = 0, -9878


def _four(code: str) -> int:
    return int.from_bytes(code.encode("ascii"), "big")


_KEYBOARD_CLASS = _four("keyb")
_HOT_KEY_PRESSED = 5
_DIRECT_OBJECT = _four("----")
_TYPE_HOT_KEY_ID = _four("hkid")
_SIGNATURE = _four("rcrd")

# The kVK_ constants of Events.h: places on a US keyboard.
_LETTERS = {
    **dict(zip("ASDFHGZXCV", range(10), strict=True)),
    **dict(zip("BQWERYT", range(11, 18), strict=True)),
    "O": 31,
    "U": 32,
    "I": 34,
    "P": 35,
    "L": 37,
    "J": 38,
    "K": 40,
    "N": 45,
    "M": 46,
}
_DIGITS = dict(zip("1234659780", (18, 19, 20, 21, 22, 23, 25, 26, 28, 29), strict=True))
_FUNCTION = (
    *(122, 120, 99, 118, 96, 97, 98, 100, 101, 109, 103, 111),
    *(105, 107, 113, 106, 64, 79, 80, 90),
)
_KEYS: dict[str, int] = {
    **_LETTERS,
    **_DIGITS,
    **{f"F{number}": code for number, code in enumerate(_FUNCTION, start=1)},
    "Space": 49,
    "Tab": 48,
    "Return": 36,
    "Escape": 53,
    "Backspace": 51,
    "Insert": 114,
    "Delete": 117,
    "Home": 115,
    "End": 119,
    "PageUp": 116,
    "PageDown": 121,
    "Left": 123,
    "Right": 124,
    "Down": 125,
    "Up": 126,
    "Plus": 24,
    "Equal": 24,
    "Minus": 27,
    "Comma": 43,
    "Period": 47,
    "Slash": 44,
    "Backslash": 42,
    "Semicolon": 41,
    "Apostrophe": 39,
    "Grave": 50,
    "BracketLeft": 33,
    "BracketRight": 30,
}


def virtual_key(key: str) -> int | None:
    """Return macOS's number of a key; None when there is none."""
    return _KEYS.get(key)


class _HotKeyId(ctypes.Structure):
    _fields_ = (("signature", ctypes.c_uint32), ("id", ctypes.c_uint32))


class _EventType(ctypes.Structure):
    _fields_ = (("event_class", ctypes.c_uint32), ("kind", ctypes.c_uint32))


_Handler = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class MacHotkeys:
    """Used on the main thread alone."""

    def __init__(self, on_pressed: OnPressed, on_problem: OnProblem) -> None:
        self._on_pressed, self._on_problem = on_pressed, on_problem
        self._carbon = _carbon()
        self._actions: dict[int, str] = {}
        self._held: list[ctypes.c_void_p] = []
        # The system keeps the address only.
        self._handler = _Handler(self._handle)
        self._installed = ctypes.c_void_p()
        kind = _EventType(_KEYBOARD_CLASS, _HOT_KEY_PRESSED)
        self._target = ctypes.c_void_p(self._carbon.GetApplicationEventTarget())
        status = self._carbon.InstallEventHandler(
            self._target, self._handler, 1, ctypes.byref(kind), None, ctypes.byref(self._installed)
        )
        if status != _NO_ERR:
            raise ShortcutsUnavailable(
                N_("macOS gives this program no shortcuts (error {status})."),
                hint=N_("Use the menu of the tray."),
                status=status,
            )

    def set(self, wanted: Mapping[str, Shortcut]) -> None:
        self._release()
        for number, (action, shortcut) in enumerate(wanted.items(), start=1):
            key = virtual_key(shortcut.key)
            status, held = None, ctypes.c_void_p()
            if key is not None:
                modifiers = sum(_MODIFIERS[one] for one in shortcut.modifiers)
                name = _HotKeyId(_SIGNATURE, number)
                status = self._carbon.RegisterEventHotKey(
                    key, modifiers, name, self._target, 0, ctypes.byref(held)
                )
            if status == _NO_ERR:
                self._held.append(held)
                self._actions[number] = action
                continue
            is_taken = status == _HOT_KEY_EXISTS
            problem = ShortcutTaken if is_taken else ShortcutsUnavailable
            self._on_problem(
                action,
                problem(
                    N_("{shortcut} is taken by another program.")
                    if is_taken
                    else N_("This system does not give {shortcut} to programs."),
                    hint=N_("Choose another in the settings."),
                    shortcut=shortcut,
                ),
            )

    def close(self) -> None:
        self._release()
        self._carbon.RemoveEventHandler(self._installed)

    def _release(self) -> None:
        for held in self._held:
            self._carbon.UnregisterEventHotKey(held)
        self._held.clear()
        self._actions.clear()

    def _handle(self, _next: object, event: int, _data: object) -> int:
        name = _HotKeyId()
        status: int = self._carbon.GetEventParameter(
            ctypes.c_void_p(event),
            _DIRECT_OBJECT,
            _TYPE_HOT_KEY_ID,
            None,
            ctypes.sizeof(name),
            None,
            ctypes.byref(name),
        )
        if status == _NO_ERR and name.id in self._actions:
            self._on_pressed(self._actions[name.id])
        return status


def _carbon() -> Any:
    path = ctypes.util.find_library("Carbon")
    if path is None:
        raise ShortcutsUnavailable(N_("macOS gives this program no shortcuts."))
    library = ctypes.CDLL(path)
    pointer, number = ctypes.c_void_p, ctypes.c_uint32
    library.GetApplicationEventTarget.restype = pointer
    library.InstallEventHandler.argtypes = [
        pointer, _Handler, ctypes.c_ulong, pointer, pointer, pointer
    ]  # fmt: skip
    library.RegisterEventHotKey.argtypes = [number, number, _HotKeyId, pointer, number, pointer]
    library.UnregisterEventHotKey.argtypes = [pointer]
    library.RemoveEventHandler.argtypes = [pointer]
    library.GetEventParameter.argtypes = [
        pointer, number, number, pointer, ctypes.c_ulong, pointer, pointer
    ]  # fmt: skip
    return library
