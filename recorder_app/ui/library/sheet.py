"""How the library window differs from the rest: views without frames, thin scroll bars."""

from __future__ import annotations

from recorder_app.ui.tokens import FOCUS_PX, RADIUS

SHEET = f"""
QListView, QTableView {{ border: none; border-radius: 0; padding: 0; background: palette(window); }}
QListView:focus, QTableView:focus {{ border: none; padding: 0; }}
QTableView {{ selection-background-color: palette(highlight);
    selection-color: palette(highlighted-text); }}
QTableView::item {{ border: none; }}
QHeaderView {{ background: palette(window); border: none; }}
QHeaderView::section {{ background: palette(window); color: palette(dark); border: none;
    border-bottom: 1px solid palette(mid); padding: 6px 8px; }}
QTreeWidget {{ background: palette(window); border: {FOCUS_PX}px solid transparent; outline: none;
    padding: 2px; }}
QTreeWidget:focus {{ border: {FOCUS_PX}px solid palette(highlight); padding: 2px; }}
QTreeWidget::item {{ padding: 4px 2px; border: none; color: palette(text); }}
QTreeWidget::item:selected {{ background: palette(highlight); color: palette(highlighted-text); }}
QTreeWidget::branch {{ background: transparent; image: none; border: none; }}
QPushButton[kind="chip"] {{ padding: 2px 8px; border-radius: {RADIUS + 5}px; }}
QToolButton[kind="flat"]:checked {{ background: palette(mid); }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; border: none; }}
QScrollBar::handle:vertical {{ background: palette(mid); border-radius: 4px; min-height: 32px;
    margin: 2px; }}
QScrollBar::handle:vertical:hover {{ background: palette(dark); }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; border: none; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: palette(mid); }}
"""
