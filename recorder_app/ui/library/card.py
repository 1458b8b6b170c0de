"""How a recording is drawn: a card of the grid, and the cells of the list."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from recorder_app.services.browsing import CardEntry
from recorder_app.texts import clock_text
from recorder_app.ui import icons, style
from recorder_app.ui.library import card_words
from recorder_app.ui.library.model import CARD, RecordingsModel
from recorder_app.ui.library.posters import POSTER, STRIP, STRIP_PICTURES, Posters, Wanted
from recorder_app.ui.library.title_editor import TitleDelegate
from recorder_app.ui.tokens import (
    BODY_PX,
    CARD_RADIUS,
    FOCUS_PX,
    MUTED_PX,
    RADIUS,
    SPACE_S,
    SPACE_XS,
    Theme,
)

Index = QModelIndex | QPersistentModelIndex

# Around the poster and the text, inside the card.
_PADDING = SPACE_S
_TITLE_HEIGHT, _LINE_HEIGHT = 20, 17
_ICON, _PLACEHOLDER = 14, 32
# Words on a poster stand on this, whatever is in the picture: white on it has 4.5 to 1 over white.
_VEIL = QColor(0, 0, 0, 178)
# Put together once: flags of Python's are slow to join.
_ONE_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_UNCUT = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
# Cards whose words are kept.
_LAID = 1000
# Letters before the first mark of a text that is cut.
_LED_IN = 4
_ON_VEIL, _GRAVE = "#FFFFFF", "#FFC766"


def card_height(width: int) -> int:
    """Return the height of a card of that width: a poster of 16:9 and two lines."""
    return (
        round((width - 2 * _PADDING) * 9 / 16)
        + 2 * _PADDING
        + SPACE_XS
        + _TITLE_HEIGHT
        + (_LINE_HEIGHT)
    )


class Line(NamedTuple):
    """A line of text that fits: what is shown, of how many letters, and which are marked."""

    shown: str
    letters: int
    ranges: Sequence[tuple[int, int]]


class _Words(NamedTuple):
    """The words of a card as they fit into its width; measuring them costs more than drawing.

    `signs` have their texts and widths beside them.
    """

    card: CardEntry
    width: int
    today: date
    title: Line
    told: Line
    length: str
    length_width: int
    signs: Sequence[tuple[card_words.Sign, str, int]]


class CardDelegate(TitleDelegate):
    """Draws cards, and has their titles edited. `hovered` is a row, and where in it the pointer is.

    Where the pointer is, 0 to 1 from left to right, is where in the recording the picture is from.
    """

    def __init__(
        self, theme: Theme, model: RecordingsModel, posters: Posters, parent: QWidget
    ) -> None:
        super().__init__(model, parent)
        self._theme = theme
        self._posters = posters
        self.hovered: tuple[int, float] | None = None
        self.is_hurried = False
        self._title_font = QFont(parent.font())
        self._title_font.setPixelSize(BODY_PX)
        self._title_font.setWeight(QFont.Weight.DemiBold)
        self._small_font = style.tabular(QFont(parent.font()))
        self._small_font.setPixelSize(MUTED_PX)
        self._title_metrics = QFontMetrics(self._title_font)
        self._small_metrics = QFontMetrics(self._small_font)
        self._laid: OrderedDict[str, _Words] = OrderedDict()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme` from now on."""
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return option.rect.size()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a card; one that is not known yet, or in a hurry, as its outline."""
        rect: QRect = option.rect
        state = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        card: CardEntry | None = index.data(CARD)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if is_selected:
            self._draw_ground(painter, rect)
        poster = _poster_rect(rect)
        if card is None or self.is_hurried:
            self._draw_placeholder(painter, rect, poster)
        else:
            words = self._words(card, poster.width())
            self._draw_picture(painter, poster, words, index.row())
            self._draw_words(painter, poster, words)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(self._theme.accent), FOCUS_PX))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), CARD_RADIUS, CARD_RADIUS)
        painter.restore()

    def _words(self, card: CardEntry, width: int) -> _Words:
        """Return what is written on a card, laid out once."""
        today = date.today()
        found = self._laid.get(card.id)
        if found is None or found[:3] != (card, width, today):
            found = self._lay(card, width, today)
            self._laid[card.id] = found
            if len(self._laid) > _LAID:
                self._laid.popitem(last=False)
        return found

    def _lay(self, card: CardEntry, width: int, today: date) -> _Words:
        small, right = self._small_metrics, Qt.TextElideMode.ElideRight
        ranges: Sequence[tuple[int, int]] = ()
        if card.found_in is None:
            told = card_words.when(card.created_at, today)
            told = f"{told} · {card.project}" if card.project else told
        else:
            told, ranges = _cut_before(small, *card.found_in, width)
        length = clock_text(card.duration_s)
        signs = []
        for sign in card_words.signs(card)[:2]:
            room = width - 2 * SPACE_XS
            taken = min(room, small.horizontalAdvance(sign.text) + _ICON + 3 * SPACE_XS)
            text = small.elidedText(sign.text, right, taken - _ICON - 3 * SPACE_XS + 1)
            signs.append((sign, text, taken))
        # The beginning of a title is what it is known by.
        title = fitted(self._title_metrics, card.title, card.title_ranges, width)
        told_width = small.horizontalAdvance(length) + 2 * SPACE_XS
        return _Words(
            card, width, today, title, fitted(small, told, ranges, width), length, told_width, signs
        )

    def _draw_ground(self, painter: QPainter, rect: QRect) -> None:
        accent = QColor(self._theme.accent)
        ground = QColor(accent)
        ground.setAlphaF(0.22 if self._theme.is_dark else 0.14)
        painter.setPen(QPen(accent, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(
            QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS, CARD_RADIUS
        )

    def _draw_placeholder(self, painter: QPainter, rect: QRect, poster: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.line))
        painter.drawRoundedRect(poster, RADIUS, RADIUS)
        line = QRect(poster.left(), poster.bottom() + SPACE_S, poster.width() * 3 // 5, 10)
        painter.drawRoundedRect(line, 4, 4)
        painter.drawRoundedRect(line.translated(0, 18).adjusted(0, 0, -rect.width() // 4, 0), 4, 4)

    def _draw_picture(self, painter: QPainter, rect: QRect, words: _Words, row: int) -> None:
        card = words.card
        ratio = painter.device().devicePixelRatioF()
        size = rect.size() * ratio
        wanted = Wanted(
            card.id, POSTER, size.width(), size.height(), RADIUS * ratio, self._theme.line
        )
        picture = self._posters.picture(wanted) if card.has_picture else None
        if self.hovered is not None and self.hovered[0] == row and card.has_picture:
            part = min(STRIP_PICTURES - 1, int(self.hovered[1] * STRIP_PICTURES))
            moment = self._posters.picture(wanted._replace(name=STRIP, part=part))
            if moment is not None and not moment.isNull():
                picture = moment
        if picture is not None and not picture.isNull():
            painter.drawImage(rect, picture)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.line))
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
            name = "film" if card.has_picture else "speaker"
            drawn = icons.pixmap(name, self._theme.muted, _PLACEHOLDER, ratio)
            middle = QPoint(_PLACEHOLDER // 2, _PLACEHOLDER // 2)
            painter.drawPixmap(rect.center() - middle, drawn)
        if self.hovered is not None and self.hovered[0] == row and card.has_picture:
            self._draw_progress(painter, rect, self.hovered[1])
        self._draw_signs(painter, rect, words)

    def _draw_progress(self, painter: QPainter, rect: QRect, share: float) -> None:
        x = rect.left() + round(share * rect.width())
        painter.setPen(QPen(QColor(_ON_VEIL), 1))
        painter.drawLine(x, rect.top(), x, rect.bottom())

    def _draw_signs(self, painter: QPainter, rect: QRect, words: _Words) -> None:
        painter.setFont(self._small_font)
        right, bottom = rect.right() - SPACE_XS, rect.bottom() - SPACE_XS
        width = words.length_width
        self._draw_pill(painter, QRect(right - width, bottom - 18, width, 18), "", words.length)
        left, top = rect.left() + SPACE_XS + 1, rect.top() + SPACE_XS + 1
        for sign, text, width in words.signs:
            where = QRect(left, top, width, 20)
            self._draw_pill(painter, where, sign.icon, text, is_grave=sign.is_grave)
            top += 23
        if words.card.is_favourite:
            self._draw_pill(painter, QRect(left, bottom - 20, 20, 20), "star-full", "")

    def _draw_pill(
        self, painter: QPainter, rect: QRect, icon: str, text: str, *, is_grave: bool = False
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_VEIL)
        painter.drawRoundedRect(rect, 4, 4)
        colour = _GRAVE if is_grave else _ON_VEIL
        inner = rect.adjusted(SPACE_XS, 0, -SPACE_XS, 0)
        if icon:
            ratio = painter.device().devicePixelRatioF()
            drawn = icons.pixmap(icon, colour, _ICON, ratio)
            x = inner.left() if text else rect.left() + (rect.width() - _ICON) // 2
            painter.drawPixmap(x, rect.top() + (rect.height() - _ICON) // 2, drawn)
            inner.adjust(_ICON + SPACE_XS, 0, 0, 0)
        if text:
            painter.setPen(QColor(colour))
            painter.drawText(inner, _UNCUT, text)

    def _draw_words(self, painter: QPainter, poster: QRect, words: _Words) -> None:
        left, width = poster.left(), poster.width()
        title = QRect(left, poster.bottom() + 1 + SPACE_XS, width, _TITLE_HEIGHT)
        painter.setFont(self._title_font)
        draw_line(painter, title, words.title, self._theme.text, self._theme)
        line = QRect(left, title.bottom() + 1, width, _LINE_HEIGHT)
        painter.setFont(self._small_font)
        draw_line(painter, line, words.told, self._theme.muted, self._theme)

    # The title, edited where it stands.

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        rect: QRect = option.rect
        poster = _poster_rect(rect)
        height = editor.sizeHint().height()
        top = min(poster.bottom() + 1, rect.bottom() - height)
        editor.setGeometry(poster.left(), top, poster.width(), height)


def fitted(metrics: QFontMetrics, text: str, ranges: Sequence[tuple[int, int]], width: int) -> Line:
    """Return one line of text with the ranges of its letters to mark, cut where it is too long."""
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    return Line(shown, len(shown) if shown == text else len(shown) - 1, ranges)


def draw_line(painter: QPainter, rect: QRect, line: Line, colour: str, theme: Theme) -> None:
    """Draw one line of text with its marks, in the painter's font."""
    shown = line.shown
    if line.ranges:
        metrics = painter.fontMetrics()
        ground = QColor(theme.accent)
        ground.setAlphaF(0.35 if theme.is_dark else 0.25)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        top = rect.center().y() - metrics.height() // 2 + 1
        for start, end in line.ranges:
            if start < line.letters:
                left = metrics.horizontalAdvance(shown[:start])
                right = metrics.horizontalAdvance(shown[: min(end, line.letters)])
                mark = QRect(rect.left() + left - 1, top, right - left + 2, metrics.height())
                painter.drawRoundedRect(mark, 3, 3)
    painter.setPen(QColor(colour))
    painter.drawText(rect, _ONE_LINE, shown)


def _cut_before(
    metrics: QFontMetrics, text: str, ranges: Sequence[tuple[int, int]], room: int
) -> tuple[str, Sequence[tuple[int, int]]]:
    """Return `text` without its beginning where the first mark would be out of sight."""
    if not ranges or metrics.horizontalAdvance(text[: ranges[0][1]]) <= room * 3 // 4:
        return text, ranges
    cut = max(0, ranges[0][0] - _LED_IN)
    return f"…{text[cut:]}", [(start - cut + 1, end - cut + 1) for start, end in ranges]


def _poster_rect(card: QRect) -> QRect:
    width = card.width() - 2 * _PADDING
    return QRect(card.left() + _PADDING, card.top() + _PADDING, width, round(width * 9 / 16))
