"""Rows and columns with the spaces of the tokens and no margin of their own."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QWidget


def row(spacing: int, parent: QWidget | None = None) -> QBoxLayout:
    """Return a row; with `parent` it is laid out by it."""
    return _box(QBoxLayout.Direction.LeftToRight, spacing, parent)


def column(spacing: int, parent: QWidget | None = None) -> QBoxLayout:
    """Return a column; with `parent` it is laid out by it."""
    return _box(QBoxLayout.Direction.TopToBottom, spacing, parent)


def _box(direction: QBoxLayout.Direction, spacing: int, parent: QWidget | None) -> QBoxLayout:
    made = QBoxLayout(direction, parent)
    made.setSpacing(spacing)
    made.setContentsMargins(0, 0, 0, 0)
    return made
