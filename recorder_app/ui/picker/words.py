"""The texts of the picker that depend on what is chosen."""

from __future__ import annotations

from recorder_app.texts import N_, translate
from recorder_app.ui.picker.board import Board, Mode
from recorder_app.ui.picker.selection import ratio_name

_LONGEST_TITLE = 60

# Where a line may be broken on a narrow screen.
BREAK = "  ·  "

_HINTS: dict[Mode, str] = {
    "area": N_(
        "Drag to draw  ·  Click takes a window  ·  Arrows move, with Shift resize"
        "  ·  Enter records  ·  Esc leaves"
    ),
    "screenshot": N_(
        "Drag to draw  ·  Click takes a window  ·  Arrows move, with Shift resize"
        "  ·  Enter copies, Ctrl+S saves  ·  Esc leaves"
    ),
    "window": N_("Click the window to record  ·  Arrows choose, Enter records  ·  Esc leaves"),
    "screen": N_("Click the screen to record  ·  Arrows choose, Enter records  ·  Esc leaves"),
}


def hint(mode: Mode) -> str:
    """Return the line at the bottom of the screens."""
    return translate(_HINTS[mode])


def label(board: Board, fps: int) -> str:
    """Return what stands at the area: its size, the ratio's name, pictures a second, the title."""
    chosen = board.chosen()
    if chosen is None:
        return ""
    rect = chosen.rect
    parts = [f"{rect.width} x {rect.height}"]
    if name := ratio_name(rect.width, rect.height):
        parts.append(name)
    if board.mode != "screenshot":
        parts.append(translate(N_("{fps} fps"), fps=fps))
    if chosen.title:
        title = chosen.title
        is_long = len(title) > _LONGEST_TITLE
        parts.append(f"{title[: _LONGEST_TITLE - 1]}…" if is_long else title)
    return " · ".join(parts)
