"""What the theme promises to eyes."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from recorder_app.ui import style
from recorder_app.ui.tokens import DARK, LIGHT, Theme

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    """Return the relative luminance as WCAG 2.2 defines it."""
    named = QColor(colour)
    parts = (named.redF(), named.greenF(), named.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return float((lighter + 0.05) / (darker + 0.05))


@THEMES
def test_every_text_can_be_read(theme: Theme) -> None:
    over = (theme.bg, theme.surface, theme.raised)
    texts = (theme.text, theme.muted, theme.accent, theme.rec, theme.warn, theme.ok)
    pairs = list(itertools.product(texts, over))
    pairs += [(theme.on_accent, theme.accent), (theme.on_rec, theme.rec)]
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


@THEMES
def test_the_palette_is_the_themes(qapp: QApplication, theme: Theme) -> None:
    style.apply(qapp, theme)
    assert qapp.palette().window().color() == QColor(theme.bg)
    assert qapp.palette().highlight().color() == QColor(theme.accent)
