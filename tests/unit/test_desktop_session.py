"""A Wayland session is known by its own word, not by DISPLAY."""

import pytest

from recorder_app.capture.desktop_session import require_screen
from recorder_app.errors import SourceUnavailable
from recorder_app.system.session import session_type


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0", "WAYLAND_DISPLAY": "w"}, "wayland"),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "wayland"),
        ({"XDG_SESSION_TYPE": "tty", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ({"XDG_SESSION_TYPE": "x11", "WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, "x11"),
        ({"DISPLAY": ":0"}, "x11"),
        ({"XDG_SESSION_TYPE": "tty"}, "none"),
        ({}, "none"),
    ],
)
def test_session_types(environment: dict[str, str], kind: str) -> None:
    assert session_type(environment, "linux") == kind


def test_other_systems() -> None:
    assert session_type({}, "win32") == "windows"
    assert session_type({}, "darwin") == "macos"


def test_a_refusal_says_what_to_do() -> None:
    with pytest.raises(SourceUnavailable) as wayland:
        require_screen({"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"})
    assert "Xorg" in wayland.value.hint
    with pytest.raises(SourceUnavailable) as none:
        require_screen({})
    assert "DISPLAY" in none.value.message
