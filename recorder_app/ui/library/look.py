"""How the parts of the library's panels look beyond what all windows share."""

from __future__ import annotations

from PySide6.QtGui import QColor

from recorder_app.ui import marks, tokens
from recorder_app.ui.tokens import Theme

BAR_HEIGHT = 4

_SHEET = """
QScrollArea, QWidget[kind="page"] {{ background: transparent; border: none; }}
QWidget[kind="line"] {{ background: {t.surface}; border-top: 1px solid {t.line}; }}
QWidget[kind="list"] {{ background: {t.bg}; }}
QFrame[kind="rule"] {{ background: {t.line}; border: none; max-height: 1px; min-height: 1px; }}
QProgressBar {{ background: {t.line}; border: none; border-radius: 2px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
QProgressBar[kind="idle"]::chunk {{ background: {t.muted}; }}
QPushButton[kind="section"] {{
    background: transparent; border-color: transparent; color: {t.text}; font-weight: 600;
    padding: 4px 6px 4px 0px; border-left-width: 0px; text-align: left;
}}
QPushButton[kind="section"]:hover {{ border-color: {t.line}; }}
QPushButton[kind="section"]:focus {{
    border: {focus}px solid {t.accent}; padding: 3px 5px 3px 4px;
}}
QPushButton[kind="moment"] {{
    background: transparent; border-color: transparent; padding: 3px 4px; text-align: left;
}}
QPushButton[kind="moment"]:hover {{ background: {t.line}; }}
QPushButton[kind="moment"]:focus {{ border: {focus}px solid {t.accent}; padding: 2px 3px; }}
QLineEdit[kind="chip-add"] {{ padding: 0px 6px; border-radius: 11px; }}
QLineEdit[kind="chip-add"]:focus {{ padding: 0px 5px; }}
QFrame[kind="chip"] {{
    background: {chip}; border: 1px solid {t.line}; border-radius: 11px;
}}
QFrame[kind="chip-partly"] {{
    background: transparent; border: 1px dashed {t.muted}; border-radius: 11px;
}}
QFrame[kind="chip"] QToolButton, QFrame[kind="chip-partly"] QToolButton {{
    padding: 1px; border-radius: 8px;
}}
QFrame[kind="chip"] QToolButton:focus, QFrame[kind="chip-partly"] QToolButton:focus {{
    padding: 0px;
}}
QLineEdit[kind="in-place"] {{ font-size: {title}px; padding: 2px 0px; }}
QLineEdit[kind="in-place"]:hover {{ border-bottom-color: {t.line}; border-radius: 0px; }}
QLineEdit[kind="in-place"]:focus {{ border-radius: {radius}px; padding: 1px 6px; }}
"""


def sheet(theme: Theme) -> str:
    """Return the style sheet of a panel in the colours of `theme`."""
    return marks.SHEET + _SHEET.format(
        t=theme,
        focus=tokens.FOCUS_PX,
        radius=tokens.RADIUS,
        title=tokens.STRONG_PX + 1,
        chip=mixed(theme.surface, theme.accent, 0.12),
    )


def mixed(below: str, above: str, share: float) -> str:
    """Return the colour of `above` laid thinly over `below`."""
    one, other = QColor(below), QColor(above)
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    ).name()
