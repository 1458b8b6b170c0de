"""What a person can point at."""

from __future__ import annotations

import os

import pytest

from recorder_app.capture.base import Window
from recorder_app.media.geometry import Rect
from recorder_app.services import targets
from tests.unit.test_targets import Layout


def test_windows_are_front_to_back_and_never_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout()
    layout.all_windows.append(Window(0x63, "Ours", Rect(5, 5, 300, 200), os.getpid()))
    monkeypatch.setattr(targets, "open_desktop", lambda: layout)
    monkeypatch.setattr(targets, "require_screen", lambda: "x11")
    offers = targets.list_offers()
    assert [one.target for one in offers.windows] == ["window:0x61", "window:0x60"]
    assert [one.target for one in offers.monitors] == ["monitor:1", "monitor:2"]
    assert [one.name for one in targets.list_targets().windows] == [
        "Report - Editor",
        "Editor",
        "Ours",
    ]
