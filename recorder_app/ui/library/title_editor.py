"""The title of a recording, edited where it stands in the grid or the list."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui.library.drops import let_files_through
from recorder_app.ui.library.model import CARD, RecordingsModel

Index = QModelIndex | QPersistentModelIndex


class TitleDelegate(QStyledItemDelegate):
    """Rows stay where they are while a title is edited, and what is typed is of one recording."""

    def __init__(self, model: RecordingsModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._recording_id = ""
        self._is_filled = False

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        card = index.data(CARD)
        self._recording_id = "" if card is None else card.id
        self._is_filled = False
        editor = QLineEdit(parent)
        editor.setAccessibleName(translate(N_("Title")))
        let_files_through(editor)
        self._model.hold()
        # However it ends, also where the view itself takes the editor away.
        editor.destroyed.connect(self._let_go)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        # Asked again whenever something of the row changes: what is typed stays.
        if not self._is_filled:
            self._is_filled = True
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, _index: Index) -> None:
        if isinstance(editor, QLineEdit) and editor.isModified():
            self._model.rename(self._recording_id, editor.text())

    def _let_go(self) -> None:
        self._model.release()
