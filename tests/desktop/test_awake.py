"""Keeping the machine awake, with a service on a real bus."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.system.awake import KeepAwake
from tests.support.hands import wait_until
from tests.support.services import service

BUS = "DBUS_SESSION_BUS_ADDRESS"


def threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "keep-awake"]


def test_from_start_to_stop(desktop: VirtualDesktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BUS, desktop.environment[BUS])
    with service(desktop.environment, "screensaver") as screensaver:
        awake = KeepAwake()
        for _ in range(2):
            screensaver.lines.clear()
            awake.start()
            awake.start()
            screensaver.wait_for("Inhibit")
            awake.stop()
            awake.stop()
            screensaver.wait_for("UnInhibit")
            wait_until(lambda: not threads())
        assert len([line for line in screensaver.lines if line.startswith("Inhibit")]) == 1


def test_a_killed_program_keeps_nothing_awake(desktop: VirtualDesktop) -> None:
    code = (
        "import time\n"
        "from recorder_app.system.awake import KeepAwake\n"
        "with KeepAwake():\n"
        "    time.sleep(60)\n"
    )
    with service(desktop.environment, "screensaver") as screensaver:
        process = subprocess.Popen([sys.executable, "-c", code], env=desktop.environment)
        try:
            screensaver.wait_for("Inhibit")
        finally:
            process.kill()
            process.wait()
        screensaver.wait_for("gone")


@pytest.mark.parametrize("address", ["disabled:", "unix:path=/nowhere/bus", None])
def test_without_a_bus_it_is_only_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, address: str | None
) -> None:
    if address is None:
        monkeypatch.delenv(BUS, raising=False)
    else:
        monkeypatch.setenv(BUS, address)
    before = time.monotonic()
    with KeepAwake():
        wait_until(lambda: "may go to sleep" in caplog.text)
    assert time.monotonic() - before < 10
    wait_until(lambda: not threads())
