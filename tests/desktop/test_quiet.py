"""Silencing other programs' notifications, with real daemons on a real bus."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.system.quiet import Quiet
from tests.support.hands import wait_until
from tests.support.notifications import dunstctl
from tests.support.services import service

BUS = "DBUS_SESSION_BUS_ADDRESS"


@pytest.fixture
def dunst(own_full_desktop: VirtualDesktop, monkeypatch: pytest.MonkeyPatch) -> VirtualDesktop:
    monkeypatch.setenv(BUS, own_full_desktop.environment[BUS])
    return own_full_desktop


def is_silent(desktop: VirtualDesktop) -> bool:
    return dunstctl(desktop, "is-paused") == "true"


def test_dunst_is_silent_for_a_while(dunst: VirtualDesktop, tmp_path: Path) -> None:
    note = tmp_path / "folder" / "note"
    quiet = Quiet(note)
    for _ in range(2):
        quiet.start()
        quiet.start()
        wait_until(lambda: is_silent(dunst))
        quiet.stop()
        quiet.stop()
        assert quiet.wait(5)
        assert not is_silent(dunst)
        assert not note.exists()
    quiet.start()
    quiet.stop()
    quiet.start()
    wait_until(lambda: is_silent(dunst))
    quiet.stop()
    assert quiet.wait(5)
    assert not is_silent(dunst)


def test_who_silenced_dunst_themselves_is_left_alone(dunst: VirtualDesktop, tmp_path: Path) -> None:
    dunstctl(dunst, "set-paused", "true")
    quiet = Quiet(tmp_path / "note")
    quiet.start()
    quiet.stop()
    assert quiet.wait(5)
    assert is_silent(dunst)


def test_the_next_start_makes_loud_what_a_killed_one_silenced(
    dunst: VirtualDesktop, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from recorder_app.system.quiet import Quiet\n"
        "Quiet(Path(sys.argv[1])).start()\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(note)], env=dunst.environment)
    try:
        wait_until(lambda: is_silent(dunst))
    finally:
        process.kill()
        process.wait()
    assert is_silent(dunst)
    quiet = Quiet(note)
    quiet.repair()
    assert quiet.wait(5)
    assert not is_silent(dunst)
    assert not note.exists()
    quiet.repair()
    assert not is_silent(dunst)


def test_a_daemon_that_knows_inhibitions(
    desktop: VirtualDesktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BUS, desktop.environment[BUS])
    note = tmp_path / "note"
    with service(desktop.environment, "notifications") as daemon:
        quiet = Quiet(note)
        quiet.start()
        assert daemon.wait_for("Inhibit").startswith("Inhibit recorder-app A recording is made")
        assert not note.exists()
        quiet.stop()
        daemon.wait_for("UnInhibit 1")
        assert quiet.wait(5)


def test_without_a_bus_it_is_only_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(BUS, "disabled:")
    quiet = Quiet(tmp_path / "note")
    quiet.start()
    quiet.stop()
    assert quiet.wait(5)
    assert "not silenced" in caplog.text
