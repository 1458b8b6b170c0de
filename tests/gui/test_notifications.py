"""Notifications with a real daemon on a real bus."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from installers.virtual_desktop import VirtualDesktop
from recorder_app.ui.notifications import Notifier
from tests.support.notifications import Shown, dunstctl, shown
from tests.support.services import service

BUS = "DBUS_SESSION_BUS_ADDRESS"

MakeNotifier = Callable[[str], Notifier]


@pytest.fixture
def make_notifier(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeNotifier]:
    """Notifiers of programs on the bus with that address."""
    del qtbot
    made: list[Notifier] = []

    def make(address: str) -> Notifier:
        monkeypatch.setenv(BUS, address)
        made.append(Notifier())
        return made[-1]

    yield make
    for one in made:
        before = time.monotonic()
        one.close_all()
        assert time.monotonic() - before < 1


@pytest.fixture
def notifier(make_notifier: MakeNotifier, own_full_desktop: VirtualDesktop) -> Notifier:
    return make_notifier(own_full_desktop.environment[BUS])


def wait_for(qtbot: QtBot, desktop: VirtualDesktop, count: int) -> list[Shown]:
    """Let events come until so many notifications were shown; return them."""
    qtbot.waitUntil(lambda: len(shown(desktop)) >= count, timeout=5000)
    return shown(desktop)


def displayed(desktop: VirtualDesktop) -> int:
    """Return how many are on the screen now."""
    return int(dunstctl(desktop, "count", "displayed"))


def test_what_is_shown(qtbot: QtBot, notifier: Notifier, own_full_desktop: VirtualDesktop) -> None:
    notifier.notify("done", "Saved", "A & B <b>are</b> done", [("open", "Open")], "critical")
    [one] = wait_for(qtbot, own_full_desktop, 1)
    assert (one.program, one.title, one.urgency) == ("recorder-app", "Saved", "critical")
    assert one.body == "A &amp; B &lt;b&gt;are&lt;/b&gt; done"
    assert one.actions == {"open": "Open"}


def test_a_pressed_button_comes_back(
    qtbot: QtBot, notifier: Notifier, own_full_desktop: VirtualDesktop
) -> None:
    notifier.notify("done", "Saved", actions=[("open", "Open")])
    wait_for(qtbot, own_full_desktop, 1)
    with qtbot.waitSignal(notifier.action, timeout=5000) as pressed:
        dunstctl(own_full_desktop, "action", "0")
    assert pressed.args == ["done", "open"]


def test_one_of_the_same_key_takes_the_place_of_the_other(
    qtbot: QtBot, notifier: Notifier, own_full_desktop: VirtualDesktop
) -> None:
    # Until it is known what the daemon can do, only the last is kept.
    for percent in (10, 20):
        notifier.notify("upload", f"Uploading {percent} %")
    notifier.notify("other", "Other")
    wait_for(qtbot, own_full_desktop, 2)
    # While one is on its way its number is not known, so that the next ones wait.
    for percent in (30, 40, 50):
        notifier.notify("upload", f"Uploading {percent} %")
    uploads = [one for one in wait_for(qtbot, own_full_desktop, 4) if one.title != "Other"]
    assert [one.title for one in uploads] == [f"Uploading {n} %" for n in (20, 30, 50)]
    assert len({one.number for one in uploads}) == 1
    assert displayed(own_full_desktop) == 2


def test_closing(qtbot: QtBot, notifier: Notifier, own_full_desktop: VirtualDesktop) -> None:
    notifier.close("nothing")
    notifier.notify("one", "One")
    wait_for(qtbot, own_full_desktop, 1)
    qtbot.wait(100)
    notifier.close("one")
    qtbot.waitUntil(lambda: displayed(own_full_desktop) == 0, timeout=5000)
    # Closed before anybody could show it.
    notifier.notify("two", "Two")
    notifier.close("two")
    notifier.notify("three", "Three")
    qtbot.waitUntil(lambda: displayed(own_full_desktop) == 1, timeout=5000)
    # One that the person closed is shown anew.
    dunstctl(own_full_desktop, "close-all")
    qtbot.waitUntil(lambda: displayed(own_full_desktop) == 0, timeout=5000)
    notifier.notify("three", "Three again")
    qtbot.waitUntil(lambda: displayed(own_full_desktop) == 1, timeout=5000)


def test_nothing_waits_for_a_daemon_that_answers_nobody(
    qtbot: QtBot, notifier: Notifier, own_full_desktop: VirtualDesktop
) -> None:
    with own_full_desktop.frozen_notifications():
        before = time.monotonic()
        notifier.notify("one", "One", "Body")
        assert time.monotonic() - before < 0.1
        with qtbot.waitSignals([notifier.unavailable, notifier.not_shown], timeout=10_000):
            pass


@contextlib.contextmanager
def bare_bus(folder: Path) -> Iterator[str]:
    """A bus on which nobody is started for a name."""
    configuration = folder / "bus.conf"
    configuration.write_text(
        f"<busconfig><type>session</type><listen>unix:path={folder}/bus</listen>"
        "<policy context='default'><allow send_destination='*'/><allow own='*'/>"
        "<allow eavesdrop='true'/></policy></busconfig>"
    )
    command = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_without_a_daemon_the_caller_is_told_once(
    qtbot: QtBot, make_notifier: MakeNotifier, tmp_path: Path
) -> None:
    with bare_bus(tmp_path) as address:
        notifier = make_notifier(address)
        told: list[str] = []
        missed: list[tuple[str, str, str]] = []
        notifier.unavailable.connect(lambda: told.append("unavailable"))
        notifier.not_shown.connect(lambda *note: missed.append(note))
        notifier.notify("one", "One", "Body")
        notifier.notify("two", "Two")
        qtbot.waitUntil(lambda: len(missed) == 2, timeout=5000)
        notifier.notify("three", "Three")
        qtbot.waitUntil(lambda: len(missed) == 3, timeout=5000)
        assert missed == [("one", "One", "Body"), ("two", "Two", ""), ("three", "Three", "")]
        assert told == ["unavailable"]
        # Somebody came and went again.
        with service({BUS: address}, "notifications"):
            qtbot.wait(300)
        notifier.notify("four", "Four")
        qtbot.waitUntil(lambda: len(missed) == 4, timeout=5000)
        assert told == ["unavailable"] * 2


@pytest.mark.parametrize("address", ["disabled:", "unix:path=/nowhere/bus"])
def test_without_a_bus(qtbot: QtBot, make_notifier: MakeNotifier, address: str) -> None:
    notifier = make_notifier(address)
    with qtbot.waitSignals([notifier.unavailable, notifier.not_shown], timeout=5000):
        notifier.notify("one", "One")


def test_a_bus_that_goes_away(qtbot: QtBot, make_notifier: MakeNotifier, tmp_path: Path) -> None:
    with bare_bus(tmp_path) as address:
        notifier = make_notifier(address)
        with qtbot.waitSignal(notifier.unavailable, timeout=5000):
            notifier.notify("one", "One")
    qtbot.wait(200)
    with qtbot.waitSignal(notifier.unavailable, timeout=5000):
        notifier.notify("two", "Two")
