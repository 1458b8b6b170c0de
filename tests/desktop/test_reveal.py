"""Asking a file manager to show a file, by a real bus."""

from __future__ import annotations

from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.system.reveal import reveal
from tests.support.services import service

BUS = "DBUS_SESSION_BUS_ADDRESS"


@pytest.fixture
def file(full_desktop: VirtualDesktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(BUS, full_desktop.environment[BUS])
    made = tmp_path / "Über 100 % #1.webm"
    made.write_bytes(b"x")
    return made


def test_the_file_manager_is_asked_to_choose_the_file(
    full_desktop: VirtualDesktop, file: Path
) -> None:
    with service(full_desktop.environment, "files") as manager:
        assert reveal(file)
        assert manager.wait_for("ShowItems") == f"ShowItems ['{file.as_uri()}'] "
        # What is gone is not asked for.
        file.rename(file.with_name("elsewhere.webm"))
        assert not reveal(file)
        assert sum(line.startswith("ShowItems") for line in manager.lines) == 1


def test_without_a_file_manager_it_is_not_shown(file: Path) -> None:
    assert not reveal(file)
