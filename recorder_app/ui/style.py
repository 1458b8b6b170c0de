"""The look: Fusion with a palette and a small style sheet, both made from the tokens."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from recorder_app.ui import tokens
from recorder_app.ui.tokens import DARK, LIGHT, Theme

# How a widget is told to look: ``setProperty("kind", "primary")``.
_SHEET = """
QWidget {{ font-size: {body}px; }}
QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 4px; }}
QPushButton, QToolButton {{
    background: {t.surface}; color: {t.text}; border: 1px solid {t.line};
    border-radius: {radius}px; padding: 5px 12px;
}}
QToolButton {{ padding: 5px; }}
QPushButton:hover, QToolButton:hover {{ border-color: {t.muted}; }}
QPushButton:pressed, QToolButton:pressed, QToolButton:checked {{ background: {t.line}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {t.muted}; }}
QPushButton:focus, QToolButton:focus {{ border: {focus}px solid {t.accent}; }}
/* The ring takes its second pixel from the space around the text, not from the text. */
QPushButton:focus {{ padding: 4px 11px; }}
QToolButton:focus {{ padding: 4px; }}
QPushButton[kind="primary"] {{
    background: {t.accent}; color: {t.on_accent}; border-color: {t.accent};
}}
QPushButton[kind="primary"]:hover {{ border-color: {t.text}; }}
QPushButton[kind="primary"]:focus, QPushButton[kind="rec"]:focus {{
    border: {focus}px solid {t.text};
}}
QPushButton[kind="rec"] {{ background: {t.rec}; color: {t.on_rec}; border-color: {t.rec}; }}
/* A radio button among buttons: what is chosen has the line of the accent around it. */
QRadioButton[kind="button"] {{
    background: {t.surface}; color: {t.text}; border: 1px solid {t.line};
    border-radius: {radius}px; padding: 5px; spacing: 0px; outline: none;
}}
QRadioButton[kind="button"]::indicator {{ width: 0px; height: 0px; border: none; image: none; }}
QRadioButton[kind="button"]:hover {{ border-color: {t.muted}; }}
QRadioButton[kind="button"]:checked {{ background: {t.line}; border-color: {t.accent}; }}
QRadioButton[kind="button"]:focus {{ border: {focus}px solid {t.accent}; padding: 4px; }}
QToolButton[kind="flat"] {{ background: transparent; border-color: transparent; }}
QToolButton[kind="flat"]:hover {{ background: {t.line}; }}
QToolButton[kind="flat"]:focus {{ border: {focus}px solid {t.accent}; }}
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QListView, QTreeView {{
    background: {t.surface}; color: {t.text}; border: 1px solid {t.line};
    border-radius: {radius}px; padding: 4px; selection-background-color: {t.accent};
    selection-color: {t.on_accent};
}}
QLineEdit {{ placeholder-text-color: {t.muted}; }}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus,
QListView:focus, QTreeView:focus, QKeySequenceEdit:focus {{
    border: {focus}px solid {t.accent}; padding: 3px;
}}
QLineEdit[kind="in-place"] {{
    background: transparent; border-color: transparent; padding: 2px 0px;
    font-size: {strong}px; font-weight: 600;
}}
QLineEdit[kind="in-place"]:focus {{
    background: {t.surface}; border: {focus}px solid {t.accent}; padding: 1px 6px;
}}
QMenu {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 4px; }}
QMenu::item {{ padding: 6px 24px 6px 8px; border-radius: 4px; }}
QMenu::icon, QMenu::indicator {{ padding-left: 8px; }}
QMenu::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
QMenu::item:disabled {{ color: {t.muted}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
QLabel[kind="muted"] {{ color: {t.muted}; font-size: {muted}px; }}
QLabel[kind="strong"] {{ font-size: {strong}px; font-weight: 600; }}
QLabel[kind="title"] {{ font-size: {title}px; font-weight: 600; }}
QLabel[kind="warn"] {{ color: {t.warn}; }}
QLabel[kind="danger"] {{ color: {t.rec}; font-weight: 600; }}
QLabel[kind="ok"] {{ color: {t.ok}; }}
QFrame[kind="raised"] {{
    background: {t.raised}; border: 1px solid {t.line}; border-radius: {card}px;
}}
"""


def system_theme() -> Theme:
    """Return the theme that the system asks for."""
    is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return DARK if is_dark else LIGHT


def chosen_theme(choice: str) -> Theme:
    """Return the theme for ``light``, ``dark`` or ``system``."""
    return {"light": LIGHT, "dark": DARK}.get(choice) or system_theme()


def apply(app: QApplication, theme: Theme) -> None:
    """Have every window of `app` look like `theme`, those that are open as well."""
    app.setStyle("Fusion")
    app.setPalette(_palette(theme))
    app.setStyleSheet(
        _SHEET.format(
            t=theme,
            body=tokens.BODY_PX,
            muted=tokens.MUTED_PX,
            strong=tokens.STRONG_PX,
            title=tokens.TITLE_PX,
            radius=tokens.RADIUS,
            card=tokens.CARD_RADIUS,
            focus=tokens.FOCUS_PX,
        )
    )


def tabular(font: QFont) -> QFont:
    """Return `font` with figures of one width, so that a running time does not jitter."""
    # Qt 6.7 and newer can ask for the feature; fonts without it look as they are.
    changed = QFont(font)
    changed.setFeature(QFont.Tag("tnum"), 1)
    return changed


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for one, colour in {
        role.Window: theme.bg,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.bg,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.surface,
        role.ButtonText: theme.text,
        role.BrightText: theme.rec,
        role.Link: theme.accent,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Light: theme.raised,
        role.Mid: theme.line,
        role.Dark: theme.muted,
    }.items():
        palette.setColor(one, QColor(colour))
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, one, QColor(theme.muted))
    return palette
