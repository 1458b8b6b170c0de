"""What the pointer and the keys do to what is chosen."""

from __future__ import annotations

from recorder_app.media.geometry import Rect
from recorder_app.ui.picker.board import Board, Mode, Offer
from recorder_app.ui.picker.selection import Handle, Point
from tests.support.places import LAYOUTS, places_of

FRONT = Offer("window", "window:0x2", "Front", Rect(300, 200, 401, 301))
BACK = Offer("window", "window:0x1", "Back", Rect(100, 100, 900, 700))
AREA = Rect(200, 150, 640, 360)


def board(mode: Mode = "area", last: Rect | None = None) -> Board:
    return Board(mode, places_of(LAYOUTS["side-by-side"]), last, [FRONT, BACK])


def drag(one: Board, start: Point, *way: Point) -> Rect:
    one.press(start, 10)
    for point in way:
        one.point_at(point, 4)
    one.release()
    assert one.selection is not None
    return one.selection.rect


def test_the_window_in_front_is_offered_and_taken() -> None:
    one = board()
    one.point_at((400, 300))
    assert one.hovered == FRONT
    one.press((400, 300), 10)
    one.point_at((402, 301), 4)
    assert one.release() is False
    assert one.chosen() == FRONT
    # The area is what a recording of the window would show.
    assert one.selection is not None
    assert one.selection.rect == Rect(300, 200, 400, 300)
    one.nudge(1, 0, 1, resize=False)
    chosen = one.chosen()
    assert chosen is not None
    assert (chosen.kind, chosen.target) == ("region", "region:301,200,400x300")


def test_an_area_is_moved_by_its_inside_and_resized_by_its_handles() -> None:
    one = board(last=AREA)
    assert drag(one, (500, 300), (530, 340)) == AREA.moved(30, 40)
    assert drag(one, (230, 190), (130, 90)) == Rect(130, 90, 740, 460)
    assert one.is_grip((130, 270), 10) == "inside"
    assert one.is_grip((130, 320), 10) == Handle(-1, 0)
    assert drag(one, (1000, 20), (1200, 120)) == Rect(1000, 20, 200, 100)


def test_space_moves_what_is_being_drawn() -> None:
    one = board()
    one.press((100, 100), 10)
    one.point_at((299, 199), 4)
    one.is_space_held = True
    one.point_at((349, 229), 4)
    one.is_space_held = False
    assert one.selection is not None
    assert one.selection.rect == Rect(150, 130, 200, 100)
    one.point_at((549, 329), 4)
    one.release()
    assert one.selection.rect == Rect(150, 130, 400, 200)


def test_a_drag_can_be_given_up() -> None:
    one = board(last=AREA)
    one.press((1000, 20), 10)
    one.point_at((1200, 120), 4)
    assert one.abandon_drag()
    assert one.selection is not None
    assert one.selection.rect == AREA
    assert not one.abandon_drag()


def test_an_area_over_everything_can_be_drawn_anew() -> None:
    one = board(last=Rect(0, 0, 1920, 1080))
    assert drag(one, (400, 400), (599, 499)) == Rect(400, 400, 200, 100)


def test_arrows_begin_move_and_resize() -> None:
    one = board()
    one.point_at((1400, 500))
    one.nudge(1, 0, 1, resize=False)
    assert one.selection is not None
    assert one.selection.rect == Rect(1440, 270, 320, 540)
    one.nudge(-1, 0, 10, resize=False)
    one.nudge(0, 1, 1, resize=True)
    one.nudge(-1, 0, 10, resize=True)
    assert one.selection.rect == Rect(1430, 270, 310, 542)


def test_a_last_area_is_brought_back_as_far_as_it_is_there() -> None:
    inside = board(last=Rect(1800, 1000, 641, 361)).selection
    assert inside is not None
    assert inside.rect == Rect(1280, 720, 640, 360)
    assert board(last=Rect(5000, 0, 640, 360)).selection is None


def test_a_ratio_holds_for_what_is_drawn_later() -> None:
    one = board()
    one.set_ratio((16, 9))
    assert drag(one, (100, 100), (419, 120)) == Rect(100, 100, 320, 180)
    one.set_size(1080, 1080)
    assert one.ratio is None
    one.set_ratio((1, 1))
    one.clear()
    assert one.ratio == (1, 1)


def test_windows_and_screens_are_pointed_at() -> None:
    windows = board("window", AREA)
    assert windows.selection is None
    windows.nudge(1, 0, 1, resize=False)
    assert windows.chosen() == FRONT
    windows.nudge(0, 1, 1, resize=False)
    assert windows.chosen() == BACK
    windows.press((1500, 900), 10)
    assert windows.release() is False
    screens = board("screen")
    screens.press((1500, 900), 10)
    assert screens.release() is True
    chosen = screens.chosen()
    assert chosen is not None
    assert (chosen.kind, chosen.target, chosen.rect) == (
        "monitor",
        "monitor:2",
        Rect(1280, 0, 640, 1080),
    )


def test_a_screenshot_may_have_an_odd_size() -> None:
    assert drag(board("screenshot"), (10, 10), (16, 14)) == Rect(10, 10, 7, 5)
