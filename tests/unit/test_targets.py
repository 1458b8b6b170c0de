"""Targets: reading them, and finding them on any layout of monitors."""

import pytest

from recorder_app.capture.base import Monitor, Window
from recorder_app.capture.targets import (
    DesktopTarget,
    MonitorTarget,
    RegionTarget,
    ScreenTarget,
    SyntheticTarget,
    TargetLocator,
    WindowTarget,
    parse_target,
)
from recorder_app.errors import InvalidRegionError, InvalidRequest, SourceUnavailable, TargetLost
from recorder_app.media.geometry import Rect


class Layout:
    """Monitors and windows laid out by hand: an X server has no negative origins to test with."""

    def __init__(self) -> None:
        self.all_monitors = [
            Monitor("MAIN", Rect(0, 0, 1920, 1080), True),
            Monitor("LEFT", Rect(-1280, 56, 1280, 1024)),
        ]
        self.all_windows = [
            Window(0x60, "Report - Editor", Rect(100, 100, 641, 481)),
            Window(0x61, "Editor", Rect(10, 10, 800, 600)),
            Window(0x62, "Hidden", Rect(0, 0, 0, 0)),
        ]

    def desktop_rect(self) -> Rect:
        return Rect(-1280, 0, 3200, 1080)

    def monitors(self) -> list[Monitor]:
        return self.all_monitors

    def windows(self) -> list[Window]:
        return self.all_windows

    def window_rect(self, window_id: int) -> Rect | None:
        return next((w.rect for w in self.all_windows if w.id == window_id), None)

    def close(self) -> None:
        """Nothing is held."""


def find(target: ScreenTarget, layout: Layout | None = None) -> tuple[Rect, str]:
    return TargetLocator(layout or Layout(), target).find()


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("monitor:2", MonitorTarget(2)),
        ("all", DesktopTarget()),
        ("region:-5,7,640x480", RegionTarget(Rect(-5, 7, 640, 480))),
        ("window:0x2a", WindowTarget("0x2a")),
        ("window:a: b", WindowTarget("a: b")),
        ("synthetic:pattern@640x480", SyntheticTarget("pattern@640x480")),
    ],
)
def test_targets_are_read(text: str, target: object) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text", ["", "monitor", "monitor:0", "monitor:-1", "monitor:x", "region:1,2,3", "window:", "al"]
)
def test_other_words_are_refused_with_the_way_to_say_it(text: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        parse_target(text)
    assert "region:X,Y,WxH" in raised.value.hint


@pytest.mark.parametrize("size", ["15x200", "200x15", "0x0"])
def test_a_tiny_region_is_refused(size: str) -> None:
    with pytest.raises(InvalidRegionError, match="too small"):
        parse_target(f"region:0,0,{size}")


def test_monitors_are_found_also_left_of_the_first() -> None:
    assert find(MonitorTarget(2)) == (Rect(-1280, 56, 1280, 1024), "monitor LEFT")
    with pytest.raises(InvalidRequest, match="no monitor 3"):
        find(MonitorTarget(3))


def test_a_region_may_span_monitors_but_not_leave_the_desktop() -> None:
    across = Rect(-100, 200, 300, 300)
    assert find(RegionTarget(across))[0] == across
    for outside in (Rect(1900, 0, 100, 100), Rect(-1280, 0, 100, 50), Rect(5000, 5000, 64, 64)):
        with pytest.raises(InvalidRegionError, match="not on the desktop"):
            find(RegionTarget(outside))


def test_a_window_is_found_by_number_title_or_a_part_of_it() -> None:
    assert find(WindowTarget("0x60"))[1] == "window Report - Editor"
    assert find(WindowTarget("97"))[1] == "window Editor"
    layout = Layout()
    layout.all_windows.append(Window(0x70, "007", Rect(0, 0, 100, 100)))
    assert find(WindowTarget("007"), layout)[1] == "window 007"
    assert find(WindowTarget("Editor"))[1] == "window Editor"
    assert find(WindowTarget("report"))[1] == "window Report - Editor"


def test_no_several_or_hidden_windows_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="no window"):
        find(WindowTarget("Nowhere"))
    with pytest.raises(InvalidRequest, match="0x60"):
        find(WindowTarget("edit"))
    with pytest.raises(SourceUnavailable, match="hidden"):
        find(WindowTarget("Hidden"))


def test_what_goes_away_is_lost_and_what_moves_is_followed() -> None:
    layout = Layout()
    window = TargetLocator(layout, WindowTarget("0x61"))
    monitor = TargetLocator(layout, MonitorTarget(2))
    region = TargetLocator(layout, RegionTarget(Rect(10, 10, 64, 64)))
    for locator in (window, monitor, region):
        locator.find()
    layout.all_windows[1] = Window(0x61, "Editor", Rect(50, 60, 800, 600))
    layout.all_monitors[1] = Monitor("LEFT", Rect(-1280, 0, 1280, 1024))
    assert window.locate() == Rect(50, 60, 800, 600)
    assert monitor.locate() == Rect(-1280, 0, 1280, 1024)
    assert region.locate() == Rect(10, 10, 64, 64)
    del layout.all_windows[1], layout.all_monitors[1]
    with pytest.raises(TargetLost, match="closed"):
        window.locate()
    with pytest.raises(TargetLost, match="LEFT"):
        monitor.locate()
