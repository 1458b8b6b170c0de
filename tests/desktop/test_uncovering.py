"""What is waited for between the app's windows and the first picture, on a real display."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest
import xcffib
import xcffib.xproto

from installers.virtual_desktop import VirtualDesktop
from recorder_app.capture.uncovering import wait_until_uncovered
from recorder_app.capture.x11 import X11Desktop
from tests.support.hands import Hands, wait_until
from tests.support.painting import painter


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualDesktop]:
    with VirtualDesktop("640x480") as desktop:
        monkeypatch.setenv("DISPLAY", desktop.display)
        yield desktop


@pytest.fixture
def window(desktop: VirtualDesktop) -> Iterator[int]:
    """A window that a window manager has put a frame around."""
    env = desktop.environment
    with painter(env, "still", "--title", "Covering", "--geometry", "200x100+50+50"):
        found = Hands(env).window("Covering")
        wait_until(lambda: covers(found))
        yield found


def covers(window: int) -> bool:
    asked = X11Desktop()
    try:
        return asked.is_covering(window)
    finally:
        asked.close()


def unmap(desktop: VirtualDesktop, window: int) -> None:
    command = ["xdotool", "windowunmap", str(window)]
    subprocess.run(command, env=desktop.environment, check=True, timeout=10)


@contextlib.contextmanager
def compositor() -> Iterator[None]:
    """Be what programs take for a compositor: the owner of its selection."""
    connection = xcffib.connect()
    screen = connection.get_setup().roots[0]
    core, owner = connection.core, connection.generate_id()
    core.CreateWindow(0, owner, screen.root, 0, 0, 1, 1, 0, 2, screen.root_visual, 0, [])
    name = "_NET_WM_CM_S0"
    atom = core.InternAtom(False, len(name), name).reply().atom
    core.SetSelectionOwner(owner, atom, xcffib.xproto.Time.CurrentTime)
    assert core.GetSelectionOwner(atom).reply().owner == owner
    try:
        yield
    finally:
        connection.disconnect()


def test_a_window_that_goes_is_waited_for(desktop: VirtualDesktop, window: int) -> None:
    later = threading.Timer(0.1, unmap, (desktop, window))
    later.start()
    assert wait_until_uncovered([window])
    assert not covers(window)
    later.join()


def test_a_frame_without_its_window_covers_too(desktop: VirtualDesktop, window: int) -> None:
    asked = X11Desktop()
    try:
        frame = asked.connection.core.QueryTree(window).reply().parent
    finally:
        asked.close()
    assert frame
    unmap(desktop, window)
    assert wait_until_uncovered([window])
    assert not covers(frame)


def test_a_window_that_stays_is_given_up_soon(window: int) -> None:
    began = time.monotonic()
    assert not wait_until_uncovered([window])
    assert 0.2 < time.monotonic() - began < 2


def test_what_has_gone_costs_nothing(desktop: VirtualDesktop, window: int) -> None:
    unmap(desktop, window)
    wait_until(lambda: not covers(window))
    costs = []
    for _ in range(5):
        began = time.monotonic()
        # One that is hidden and one that is no more, as closed windows are.
        assert wait_until_uncovered([window, 0x7FFFFF])
        costs.append(time.monotonic() - began)
    assert min(costs) < 0.04


def test_a_compositor_has_the_time_to_draw(desktop: VirtualDesktop, window: int) -> None:
    unmap(desktop, window)
    wait_until(lambda: not covers(window))
    with compositor():
        began = time.monotonic()
        assert wait_until_uncovered([window])
        assert time.monotonic() - began >= 0.05
