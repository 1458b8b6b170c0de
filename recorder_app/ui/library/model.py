"""The recordings that are shown, fetched in the background as they come into sight."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    QUrl,
    Signal,
)

from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services import browsing
from recorder_app.services.browsing import CardEntry, Listing, Question
from recorder_app.texts import N_, clock_text, size_text, translate
from recorder_app.ui.library import card_words
from recorder_app.ui.library.access import Access

Index = QModelIndex | QPersistentModelIndex

CARD = Qt.ItemDataRole.UserRole
IDS_FORMAT = "application/x-recorder-recordings"
TITLE, DATE, LENGTH, SIZE, PROJECT, TAGS, STATE = range(7)
COLUMNS = (
    N_("Title"),
    N_("Date"),
    N_("Length"),
    N_("Size"),
    N_("Project"),
    N_("Tags"),
    N_("State"),
)
# Rows that are fetched at a time, and how far beyond what is seen; for an answer only what is seen
# and a little more.
_PAGE, _AHEAD, _MORE = 100, 40, 12
# Rows that are kept, those around what is seen.
_KEPT = 3000
# All ids are fetched once nobody types any more.
_SETTLED_MS = 250
# Looking for changes takes at most this share of the time.
_LOOKING_SHARE = 0.1


class _Change(NamedTuple):
    """A list as it is now, where it differs from what is shown."""

    listing: Listing
    first: int
    cards: dict[int, CardEntry]
    took_s: float


class RecordingsModel(QAbstractTableModel):
    """Rows are known by their number first, their content follows. Used on the GUI thread.

    `answered` is emitted with the first rows for a question, `moved` when others changed the
    library and rows are at other places, `changed` when only their content differs, `refreshed`
    when all was compared. `failed` carries a RecorderError; `retry` asks again.
    """

    answered = Signal()
    about_to_move = Signal()
    moved = Signal()
    changed = Signal()
    refreshed = Signal()
    failed = Signal(object)
    renamed = Signal(str, str)

    def __init__(self, access: Access, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._access = access
        self._turn = 0
        self._question = Question()
        self._total = 0
        self._cards: dict[int, CardEntry] = {}
        self._gone: set[int] = set()
        self._listing: Listing | None = None
        self._is_listing = self._is_fetching = self._is_refreshing = False
        self._wants_refresh = False
        self._held = 0
        self._is_paused = False
        self._room = _PAGE
        self._wanted = (0, _PAGE - 1)
        self._waiting: list[Callable[[list[str]], None]] = []
        self._idle_until = 0.0
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._list)
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self.refresh)

    # What is shown.

    @property
    def total(self) -> int:
        return self._total

    @property
    def question(self) -> Question:
        """What was asked last."""
        return self._question

    def card(self, row: int) -> CardEntry | None:
        """Return a row, None while it is not known."""
        return self._cards.get(row)

    def id_of(self, row: int) -> str:
        """Return the id of a row, an empty one while it is not known."""
        card = self._cards.get(row)
        if card is not None:
            return card.id
        if self._listing is not None and row < len(self._listing.ids):
            return self._listing.ids[row]
        return ""

    def rows_of(self, recording_ids: Iterable[str]) -> dict[str, int]:
        """Return where recordings are, as far as that is known."""
        wanted = set(recording_ids)
        if self._listing is not None:
            return {each: row for row, each in enumerate(self._listing.ids) if each in wanted}
        return {card.id: row for row, card in self._cards.items() if card.id in wanted}

    def with_ids(self, done: Callable[[list[str]], None]) -> None:
        """Call `done` with the ids of all rows, at once where they are known."""
        if self._listing is not None:
            done(self._listing.ids)
        else:
            self._waiting.append(done)
            self._list()

    def ask(self, question: Question) -> None:
        """Show what answers `question`, in place of what was asked before."""
        self._turn += 1
        self._is_paused = False
        self._question = question
        self._settled.stop()
        self._later.stop()
        self._waiting.clear()
        self._wanted = (0, self._room - 1)
        turn, count = self._turn, min(_PAGE, self._room + _MORE)

        def work() -> tuple[list[CardEntry], int] | None:
            # Overtaken by the next key.
            if turn != self._turn:
                return None
            return browsing.first_page(self._access.database(), question, count)

        self._access.pages.run(work, partial(self._begin, turn), partial(self._fail, turn))

    def retry(self) -> None:
        """Ask the same again, of the file that is there now."""
        self._access.pages.run(self._access.reopen, lambda _: self.ask(self._question))

    def want(self, first: int, last: int, room: int) -> None:
        """Say which rows are in sight, and how many could be."""
        self._wanted, self._room = (first, last), room
        self._fetch()

    def pause(self) -> None:
        """Ask nothing any more, until ``resume`` or the next question."""
        self._is_paused = True
        self._settled.stop()
        self._later.stop()
        self._waiting.clear()

    def resume(self) -> None:
        """Catch up on what changed while it was paused."""
        self._is_paused = False
        self.refresh()

    def hold(self) -> None:
        """Leave everything where it is until ``release``: a title is being edited."""
        self._held += 1

    def release(self) -> None:
        """Catch up on what changed meanwhile."""
        self._held = max(0, self._held - 1)
        if not self._held and self._wants_refresh:
            self.refresh()

    def rename(self, recording_id: str, title: str) -> None:
        """Ask for a title to be stored, if there is one."""
        if recording_id and title.strip():
            self.renamed.emit(recording_id, title.strip())

    def refresh(self) -> None:
        """Bring what is shown up to date, rows staying where they are as far as they can."""
        if self._held or self._is_paused:
            self._wants_refresh = True
            return
        rest_s = self._idle_until - time.monotonic()
        if self._is_refreshing or rest_s > 0:
            self._wants_refresh = True
            if not self._is_refreshing and not self._later.isActive():
                self._later.start(int(1000 * rest_s) + 1)
            return
        self._is_refreshing, self._wants_refresh = True, False
        turn, question = self._turn, self._question
        first, last = self._wanted

        def work() -> _Change | None:
            began = time.monotonic()
            if turn != self._turn:
                return None
            database = self._access.database()
            listed = browsing.listing(database, question)
            start = max(0, min(first, len(listed.ids) - 1) - _AHEAD)
            count = min(last - first + 2 * _AHEAD, 2 * _PAGE)
            cards = browsing.cards(database, listed, start, count)
            return _Change(listed, start, cards, time.monotonic() - began)

        self._access.lists.run(work, partial(self._apply, turn), partial(self._miss, turn))

    # Answers.

    def _begin(self, turn: int, answer: tuple[list[CardEntry], int] | None) -> None:
        if turn != self._turn or answer is None:
            return
        self.beginResetModel()
        cards, self._total = answer
        self._cards = dict(enumerate(cards))
        self._gone.clear()
        self._listing = None
        self.endResetModel()
        self.answered.emit()
        if self._total > len(cards) and not self._is_paused:
            self._settled.start()

    def _list(self) -> None:
        if self._is_listing or self._is_paused or self._listing is not None:
            return
        self._settled.stop()
        self._is_listing = True
        turn, question = self._turn, self._question

        def work() -> Listing | None:
            if turn != self._turn:
                return None
            return browsing.listing(self._access.database(), question)

        self._access.lists.run(work, partial(self._take_list, turn), partial(self._miss, turn))

    def _take_list(self, turn: int, listed: Listing | None) -> None:
        self._is_listing = False
        if turn != self._turn or listed is None:
            if self._waiting or self._needs_list():
                self._list()
            return
        ids = listed.ids
        if len(ids) != self._total or any(ids[row] != card.id for row, card in self._cards.items()):
            # Somebody changed the library in between.
            if self._held:
                self._wants_refresh = True
                return
            self._place(listed, {})
        self._listing = listed
        self._tell_waiting(ids)
        self._fetch()

    def _tell_waiting(self, ids: list[str]) -> None:
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            done(ids)

    def _needs_list(self) -> bool:
        return self._listing is None and self._missing_row() in self._in_sight()

    def _missing_row(self) -> int | None:
        known, gone = self._cards, self._gone
        for rows in (self._in_sight(), self._in_sight(_AHEAD)):
            for row in rows:
                if row not in known and row not in gone:
                    return row
        return None

    def _in_sight(self, more: int = 0) -> range:
        """Return the rows that are in sight, and so many before and after them."""
        first, last = self._wanted
        return range(max(0, first - more), min(last + 1 + more, self._total))

    def _fetch(self) -> None:
        missing = self._missing_row()
        if missing is None or self._is_fetching or self._is_paused:
            return
        if self._listing is None:
            # What is only ahead waits until nobody types any more.
            if missing in self._in_sight():
                self._list()
            return
        self._is_fetching = True
        turn, listed = self._turn, self._listing
        # From a little before: who scrolls up needs those.
        first = missing if missing - 1 in self._cards else max(0, missing - _AHEAD)

        def work() -> dict[int, CardEntry]:
            return browsing.cards(self._access.database(), listed, first, _PAGE)

        self._access.pages.run(
            work, partial(self._take_rows, turn, listed, first), partial(self._fail, turn)
        )

    def _take_rows(
        self, turn: int, listed: Listing, first: int, cards: dict[int, CardEntry]
    ) -> None:
        self._is_fetching = False
        if turn == self._turn and listed is self._listing:
            last = min(first + _PAGE, self._total) - 1
            lost = set(range(first, last + 1)) - set(cards)
            self._gone |= lost
            self._cards |= cards
            self._forget_far()
            self.dataChanged.emit(self.index(first, 0), self.index(last, STATE))
            if lost:
                self.refresh()
        self._fetch()

    def _forget_far(self) -> None:
        if len(self._cards) > _KEPT:
            middle = sum(self._wanted) // 2
            near = range(middle - _KEPT // 4, middle + _KEPT // 4)
            self._cards = {row: card for row, card in self._cards.items() if row in near}

    def _apply(self, turn: int, change: _Change | None) -> None:
        self._is_refreshing = False
        if self._held:
            self._wants_refresh = True
            return
        if turn == self._turn and change is not None:
            self._idle_until = time.monotonic() + change.took_s / _LOOKING_SHARE
            known = self._listing
            ids = known.ids if known is not None else self._known_ids()
            if ids == change.listing.ids:
                self._listing = change.listing
                self._renew(change.cards)
            else:
                self._place(change.listing, change.cards)
            self._tell_waiting(change.listing.ids)
            self.refreshed.emit()
        if self._wants_refresh:
            self.refresh()

    def _known_ids(self) -> list[str] | None:
        """Return the ids of all rows where all of them are known by their content."""
        if len(self._cards) != self._total:
            return None
        return [self._cards[row].id for row in range(self._total)]

    def _renew(self, cards: dict[int, CardEntry]) -> None:
        differing = [row for row, card in cards.items() if self._cards.get(row) != card]
        # What is out of sight is fetched again once it is seen.
        self._cards = dict(cards)
        self._gone.clear()
        if differing:
            first, last = min(differing), max(differing)
            self.dataChanged.emit(self.index(first, 0), self.index(last, STATE))
            self.changed.emit()
        self._fetch()

    def _place(self, listed: Listing, cards: dict[int, CardEntry]) -> None:
        self.about_to_move.emit()
        self.beginResetModel()
        self._listing = listed
        self._total = len(listed.ids)
        known = {card.id: card for card in self._cards.values()}
        if cards:
            self._cards = dict(cards)
        else:
            self._cards = {row: known[each] for each, row in self.rows_of(known).items()}
        self._gone.clear()
        self.endResetModel()
        self.moved.emit()
        self._fetch()

    def _miss(self, turn: int, error: Exception) -> None:
        self._is_listing = self._is_refreshing = False
        self._fail(turn, error)

    def _fail(self, turn: int, error: Exception) -> None:
        self._is_fetching = False
        if turn == self._turn:
            self.failed.emit(as_recorder_error(error))

    # Qt's side.

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._total

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return translate(COLUMNS[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        card = self._cards.get(index.row())
        if role == CARD:
            return card
        if card is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(card, index.column())
        if role == Qt.ItemDataRole.EditRole:
            return card.title
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == TITLE:
            return card_words.spoken(card, date.today())
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == TITLE:
            return card.title
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        card = self._cards.get(index.row())
        if role != Qt.ItemDataRole.EditRole or card is None or str(value) == card.title:
            return False
        self.rename(card.id, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        flags |= Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == TITLE else flags

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", IDS_FORMAT]

    def mimeData(self, indexes: Any) -> QMimeData:
        """Return files for other programs as far as they are known, and all ids for the sidebar."""
        rows = sorted({index.row() for index in indexes})
        cards = [card for row in rows if (card := self._cards.get(row)) is not None]
        ids = [found for row in rows if (found := self.id_of(row))]
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(card.path) for card in cards])
        data.setData(IDS_FORMAT, QByteArray("\n".join(ids).encode()))
        return data


def _text(card: CardEntry, column: int) -> str:
    match column:
        case 0:
            return card.title
        case 1:
            return card_words.when(card.created_at, date.today())
        case 2:
            return clock_text(card.duration_s)
        case 3:
            return size_text(card.file_size)
        case 4:
            return card.project or ""
        case 5:
            return ", ".join(card.tags)
        case _:
            return ", ".join(sign.text for sign in card_words.signs(card))
