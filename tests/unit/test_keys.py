"""Shortcuts as people write them."""

from __future__ import annotations

import importlib
import string
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder_app.errors import InvalidSettingError, RecorderError, ShortcutsUnavailable
from recorder_app.system import hotkeys
from recorder_app.system.keys import KEYS, MODIFIERS, Shortcut, parse_shortcut


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Ctrl+Alt+R", "Ctrl+Alt+R"),
        ("alt + CONTROL + r", "Ctrl+Alt+R"),
        ("Print", "Print"),
        ("PrtSc", "Print"),
        ("Shift+F9", "Shift+F9"),
        ("f24", "F24"),
        ("Meta+Space", "Super+Space"),
        ("super+shift+alt+ctrl+1", "Ctrl+Alt+Shift+Super+1"),
        ("Media Play", "MediaPlay"),
        ("Ctrl+PgUp", "Ctrl+PageUp"),
        ("Ctrl+Esc", "Ctrl+Escape"),
        ("Ctrl++", "Ctrl+Plus"),
        ("Ctrl+,", "Ctrl+Comma"),
    ],
)
def test_what_people_write(text: str, normal: str) -> None:
    assert str(parse_shortcut(text)) == normal


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a combination"),
        ("+", "needed for typing"),
        ("Ctrl+", "not a combination"),
        ("Ctrl++R", "not a combination"),
        ("Ctrl+Alt", "no key beside"),
        ("Ctrl+Ctrl+R", "“Ctrl” is twice"),
        ("Hyper+R", "“Hyper” in “Hyper+R” is not one of"),
        ("R+Ctrl", "“R” in “R+Ctrl” is not one of"),
        ("Ctrl+F25", "“F25”"),
        ("Ctrl+Ä", "“Ä”"),
        ("R", "needed for typing"),
        ("Shift+Space", "needed for typing"),
    ],
)
def test_what_is_wrong_is_named(text: str, says: str) -> None:
    with pytest.raises(InvalidSettingError) as error:
        parse_shortcut(text)
    assert says in error.value.message
    assert error.value.hint


@given(st.frozensets(st.sampled_from(MODIFIERS)), st.sampled_from(KEYS))
def test_the_normal_form_is_read_as_what_it_was(modifiers: frozenset[str], key: str) -> None:
    shortcut = Shortcut(modifiers | {"Ctrl"}, key)
    assert parse_shortcut(str(shortcut)) == shortcut
    assert parse_shortcut(str(shortcut).lower()) == shortcut


@given(st.text(alphabet=string.printable, max_size=20))
def test_anything_else_is_refused_and_nothing_breaks(text: str) -> None:
    try:
        normal = str(parse_shortcut(text))
    except InvalidSettingError:
        return
    assert str(parse_shortcut(normal)) == normal


@pytest.mark.parametrize("system", ["windows", "macos"])
def test_other_systems_know_the_usual_keys(system: str) -> None:
    module = importlib.import_module(f"recorder_app.system.hotkeys_{system}")
    rare = {"Menu", "Pause", "Print", "MediaRecord", "MicrophoneMute"}
    rare |= {key for key in KEYS if key.startswith(("Media", "Volume", "F2"))} - {"F2"}
    assert {key for key in KEYS if module.virtual_key(key) is None} <= rare


class Told:
    """What was told of shortcuts."""

    def __init__(self) -> None:
        self.pressed: list[str] = []
        self.problems: list[tuple[str, RecorderError]] = []

    def problem(self, action: str, error: RecorderError) -> None:
        self.problems.append((action, error))


@pytest.mark.parametrize("kind", ["wayland", "none"])
def test_a_desktop_without_shortcuts_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(hotkeys, "session_type", lambda: kind)
    told = Told()
    with hotkeys.Hotkeys(told.pressed.append, told.problem) as keys:
        keys.set({})
        assert not told.problems
        keys.set({"record": "Ctrl+Alt+R"})
    [(action, error)] = told.problems
    assert action == ""
    assert isinstance(error, ShortcutsUnavailable)
    assert "recorder-app toggle" in error.hint


def test_one_bad_shortcut_keeps_no_other_from_being_had(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[Mapping[str, Shortcut]] = []

    class Backend:
        def set(self, shortcuts: Mapping[str, Shortcut]) -> None:
            wanted.append(shortcuts)

        def close(self) -> None:
            wanted.append({})

    monkeypatch.setattr(hotkeys, "_backend", lambda *_: Backend())
    told = Told()
    with hotkeys.Hotkeys(told.pressed.append, told.problem) as keys:
        keys.set({"a": "F9", "b": "Nothing", "c": "", "d": "f9", "e": "F8"})
    assert [{action: str(one) for action, one in some.items()} for some in wanted] == [
        {"a": "F9", "e": "F8"},
        {},
    ]
    assert [(action, error.code) for action, error in told.problems] == [
        ("b", "invalid_setting"),
        ("d", "invalid_setting"),
    ]
    keys.set({"a": "F7"})
    assert len(wanted) == 2
