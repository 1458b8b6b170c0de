"""What the painter can show. Each scene prepares a canvas and returns the step to the next picture.

Step number 0 is painted before the window comes up.
"""

from collections.abc import Callable

from installers.canvas import Canvas, Rect
from recorder_app.capture import barcode as code

_BACKGROUND, _TITLE, _INK = 0x1E1E2E, 0x313244, 0xCDD6F4
_BAND = 40
_TEXT = (
    "A recording is kept from the first moment, whatever happens later. ",
    "The picture on the screen changes little while somebody types. ",
    "Each letter is small, but it should be sharp when the film is watched. ",
    "Numbers such as 0123456789 and signs like {}[]()<>/ are easily blurred. ",
)

Step = Callable[[int], None]
"""Paints the picture of one number."""


def barcode(canvas: Canvas, bar: Rect) -> Step:
    """Show each number as a barcode in the rectangle `bar`."""
    left, top, width, height = bar
    wide, high = width // code.COLUMNS, height // code.ROWS

    def step(number: int) -> None:
        rows = enumerate(code.cells(number))
        white = [
            (left + wide * column, top + high * row, wide, high)
            for row, cells in rows
            for column, lit in enumerate(cells)
            if lit
        ]
        canvas.fill(0x000000, [bar])
        canvas.fill(0xFFFFFF, white)
        canvas.show(bar)

    return step


def _page(canvas: Canvas) -> tuple[int, int]:
    """Draw an empty editor page; return its columns and rows of 6 by 16 pixels."""
    canvas.fill(_BACKGROUND, [(0, 0, canvas.width, canvas.height)])
    canvas.fill(_TITLE, [(0, 0, canvas.width, 32)])
    canvas.text(16, 20, "notes.txt - Editor", _INK, _TITLE)
    return min((canvas.width - 32) // 6, 100), max((canvas.height - 64 - _BAND) // 16, 1)


def typing(canvas: Canvas) -> Step:
    """Show an editor page in which one letter more stands at each step."""
    columns, rows = _page(canvas)
    letters = "".join(_TEXT)

    def step(number: int) -> None:
        row, column = divmod(number % (columns * rows), columns)
        if number and not row and not column:
            _page(canvas)
            canvas.show()
        left, top = 16 + 6 * column, 44 + 16 * row
        canvas.text(left, top + 12, letters[number % len(letters)], _INK, _BACKGROUND)
        canvas.show((left, top, 6, 16))

    return step


def _moving_box(canvas: Canvas) -> Step:
    """Return a step that moves a box to and fro in a band at the window's lower edge."""
    top, way = canvas.height - _BAND, canvas.width - _BAND

    def step(number: int) -> None:
        last, left = (way - abs(way - at * 4 % (2 * way)) for at in (number - 1, number))
        band = (min(last, left), top, abs(left - last) + _BAND, _BAND)
        canvas.fill(_BACKGROUND, [band])
        canvas.fill(0xF38BA8, [(left, top, _BAND, _BAND)])
        canvas.show(band)

    return step


def demo(canvas: Canvas) -> Step:
    """Show a letter at every third step and a moving box at each."""
    letter, box = typing(canvas), _moving_box(canvas)

    def step(number: int) -> None:
        if number % 3 == 0:
            letter(number // 3)
        box(number)

    return step


def _wave(at: int, period: int) -> int:
    """Return a brightness of 0 to 255 that rises and falls once in each period."""
    return abs(at % period * 2 - period) * 255 // period


def motion(canvas: Canvas, phases: int = 8, grain: int = 4, period: int = 480) -> Step:
    """Change every pixel at each step, at almost no cost: the pictures are made beforehand."""
    pictures = []
    for phase in range(phases):
        canvas.picture = canvas.new_picture()
        pictures.append(canvas.picture)
        shift = phase * period // phases
        # Red and blue run across, a quarter apart, so that no pixel is the same in two phases.
        canvas.set_mask(0xFF00FF)
        for left in range(0, canvas.width, grain):
            red, blue = (_wave(left + shift + more, period) for more in (0, period // 4))
            canvas.fill(red << 16 | blue, [(left, 0, grain, canvas.height)])
        canvas.set_mask(0x00FF00)
        for top in range(0, canvas.height, grain):
            canvas.fill(_wave(top + shift, period) << 8, [(0, top, canvas.width, grain)])
        canvas.set_mask(0xFFFFFF)
    canvas.finish()

    def step(number: int) -> None:
        canvas.picture = pictures[number % phases]
        canvas.show()

    return step


def still(canvas: Canvas) -> Step:
    """Show a full page of text."""
    columns, rows = _page(canvas)
    for row in range(rows):
        canvas.text(16, 56 + 16 * row, _TEXT[row % len(_TEXT)][:columns], _INK, _BACKGROUND)
    return lambda _: None


def colours(canvas: Canvas, colours: list[int]) -> Step:
    """Show flat vertical bars of `colours`, 0xRRGGBB, side by side."""
    edges = [canvas.width * index // len(colours) for index in range(len(colours) + 1)]
    for colour, left, right in zip(colours, edges, edges[1:], strict=False):
        canvas.fill(colour, [(left, 0, right - left, canvas.height)])
    return lambda _: None
