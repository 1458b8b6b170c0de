"""A window with a picture of its own behind it, drawn with plain X11 requests.

Everything is drawn into the picture and then copied to the window in one request, so that nobody
who grabs the screen sees a half-drawn state.
"""

import os
import select
import time
from collections.abc import Iterable, Iterator

import xcffib
import xcffib.xproto as x

Rect = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""

_MAP_LIMIT_S = 10.0


class Canvas:
    """A mapped window of the display named by DISPLAY."""

    def __init__(self, rect: Rect | None, title: str | None) -> None:
        self._connection = xcffib.connect()
        self._core = self._connection.core
        self._screen = self._connection.get_setup().roots[0]
        size = self._screen.width_in_pixels, self._screen.height_in_pixels
        whole: Rect = (0, 0, *size)
        self.left, self.top, self.width, self.height = rect or whole
        self._colour: int | None = None
        self._window = self._create_window(title)
        self.picture = self.new_picture()
        self._context = self._connection.generate_id()
        # Without graphics exposures a copy is not answered by an event each time.
        self._core.CreateGC(self._context, self.picture, x.GC.GraphicsExposures, [0])
        font = self._connection.generate_id()
        self._core.OpenFont(font, len("fixed"), "fixed")
        self._core.ChangeGC(self._context, x.GC.Font, [font])
        self.fill(0, [(0, 0, self.width, self.height)])

    def new_picture(self) -> int:
        """Return a new off-screen picture of the window's size."""
        picture: int = self._connection.generate_id()
        self._core.CreatePixmap(
            self._screen.root_depth, picture, self._window, self.width, self.height
        )
        return picture

    def fill(self, colour: int, rects: Iterable[Rect]) -> None:
        """Fill rectangles of the picture with `colour`, 0xRRGGBB."""
        self._use(colour)
        shapes = [x.RECTANGLE.synthetic(*rect) for rect in rects]
        self._core.PolyFillRectangle(self.picture, self._context, len(shapes), shapes)

    def set_mask(self, mask: int) -> None:
        """Let the next drawing change only the colour bits in `mask`."""
        self._core.ChangeGC(self._context, x.GC.PlaneMask, [mask])

    def text(self, left: int, baseline: int, text: str, colour: int, background: int) -> None:
        """Write `text` (Latin, at most 255 characters) into the picture."""
        self._use(colour)
        self._core.ChangeGC(self._context, x.GC.Background, [background])
        self._core.ImageText8(len(text), self.picture, self._context, left, baseline, text)

    def show(self, rect: Rect | None = None) -> None:
        """Copy the picture, or a rectangle of it, to the window."""
        left, top, width, height = rect or (0, 0, self.width, self.height)
        self._core.CopyArea(
            self.picture, self._window, self._context, left, top, left, top, width, height
        )
        self._connection.flush()

    def finish(self) -> int:
        """Wait until the server has done everything; return the monotonic time in ns."""
        self._core.GetInputFocus().reply()
        return time.monotonic_ns()

    def open(self) -> None:
        """Put the window on the screen with the picture as it is now."""
        self._core.MapWindow(self._window)
        self._connection.flush()
        deadline = time.monotonic() + _MAP_LIMIT_S
        # A window manager decides when the window really comes up; then it asks to be drawn.
        while not any(isinstance(event, x.ExposeEvent) for event in self._events()):
            if time.monotonic() > deadline:
                raise RuntimeError("The window did not come up.")
            self._sleep(0.1)
        self.show()
        self.finish()

    def wait_until(self, moment: float) -> None:
        """Sleep until `moment` on the monotonic clock; repair the window when it was covered."""
        while True:
            for event in self._events():
                if isinstance(event, x.ExposeEvent):
                    self.show((event.x, event.y, event.width, event.height))
            left = moment - time.monotonic()
            if left <= 0:
                return
            self._sleep(min(left, 60.0))

    def _sleep(self, seconds: float) -> None:
        select.select([self._connection.get_file_descriptor()], [], [], seconds)

    def _events(self) -> Iterator[object]:
        while (event := self._connection.poll_for_event()) is not None:
            yield event

    def _use(self, colour: int) -> None:
        if colour != self._colour:
            self._core.ChangeGC(self._context, x.GC.Foreground, [colour])
            self._colour = colour

    def _create_window(self, title: str | None) -> int:
        window: int = self._connection.generate_id()
        self._core.CreateWindow(
            x.WindowClass.CopyFromParent,
            window,
            self._screen.root,
            self.left,
            self.top,
            self.width,
            self.height,
            0,
            x.WindowClass.InputOutput,
            self._screen.root_visual,
            x.CW.BackPixel | x.CW.BitGravity | x.CW.OverrideRedirect | x.CW.EventMask,
            # What is shown stays when the size changes; new parts are black until repaired.
            [0, x.Gravity.NorthWest, title is None, x.EventMask.Exposure],
        )
        if title is not None:
            self._name(window, title)
        return window

    def _name(self, window: int, title: str) -> None:
        def put(name: str, kind: int, width: int, count: int, data: bytes | list[int]) -> None:
            self._core.ChangeProperty(
                x.PropMode.Replace, window, self._atom(name), kind, width, count, data
            )

        encoded = title.encode()
        put("WM_NAME", x.Atom.STRING, 8, len(encoded), encoded)
        put("_NET_WM_NAME", self._atom("UTF8_STRING"), 8, len(encoded), encoded)
        put("WM_CLASS", x.Atom.STRING, 8, 16, b"painter\0Painter\0")
        put("_NET_WM_PID", x.Atom.CARDINAL, 32, 1, [os.getpid()])
        # Place and size asked for by the user (1, 2) and static gravity (512, 10): the contents,
        # not the frame, are then exactly where --geometry says.
        hints = [1 | 2 | 512, self.left, self.top, self.width, self.height, *[0] * 12, 10]
        put("WM_NORMAL_HINTS", x.Atom.WM_SIZE_HINTS, 32, len(hints), hints)

    def _atom(self, name: str) -> int:
        atom: int = self._core.InternAtom(False, len(name), name).reply().atom
        return atom
