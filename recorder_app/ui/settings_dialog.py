"""The settings window, made from the declaration. What is changed counts at once.

Destinations are the exception: such a form must be whole, and is saved by a button.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from recorder_app.errors import RecorderError, SettingsBroken
from recorder_app.services.devices import DeviceList
from recorder_app.settings import Settings, declaration, presets
from recorder_app.settings.app_areas import Preset
from recorder_app.settings.declaration import PRESETS
from recorder_app.settings.store import SettingsStore
from recorder_app.texts import N_, translate
from recorder_app.ui import marks, tokens
from recorder_app.ui.background import Background
from recorder_app.ui.destinations_page import DestinationsPage
from recorder_app.ui.own_window import OwnWindow
from recorder_app.ui.presets_page import NAME, PresetsPage
from recorder_app.ui.setting_words import DESTINATIONS, page_title, pages
from recorder_app.ui.settings_page import SettingsPage
from recorder_app.ui.sound_test import SoundTest

_LIST_WIDTH = 148
_SHEET = f"""{marks.SHEET}
QListWidget {{ background: transparent; border: {tokens.FOCUS_PX}px solid transparent;
    padding: {tokens.SPACE_XS}px; outline: none; }}
QListWidget:focus {{ border-color: palette(highlight); }}
QListWidget::item {{ padding: 6px 8px; border-radius: {tokens.RADIUS}px; color: palette(text); }}
QListWidget::item:selected {{ background: palette(highlight); color: palette(highlighted-text); }}
"""


class SettingsDialog(OwnWindow):
    """All settings, a page for each area. Reading and writing the file is done in a thread.

    `list_devices` fills the list of microphones; without it only the stored one is in it.
    `sound_test` is what “Test recording” does; without it there is no such button.
    """

    _changed = Signal(object)

    def __init__(
        self,
        store: SettingsStore,
        *,
        list_devices: Callable[[], DeviceList] | None = None,
        sound_test: SoundTest | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._background = Background(self, "settings")
        # What is set aside is no problem of the file when that is read again.
        self._set_aside = [one for one in store.problems if isinstance(one, SettingsBroken)]
        self._before_reset: dict[str, dict[str, Any]] = {}
        self.setWindowTitle(translate(N_("Settings")))
        self.setStyleSheet(_SHEET)
        self.setMinimumSize(620, 320)
        self.resize(760, 560)
        self.presets = PresetsPage(list_devices)
        self.destinations = DestinationsPage()
        own: dict[str, PresetsPage | DestinationsPage] = {
            PRESETS: self.presets,
            DESTINATIONS: self.destinations,
        }
        self.pages = {
            area: SettingsPage(area, list_devices, sound_test)
            for area in pages()
            if area not in own
        }
        self._every: dict[str, SettingsPage | PresetsPage | DestinationsPage] = {
            area: own[area] if area in own else self.pages[area] for area in pages()
        }
        self._list = QListWidget()
        self._list.setFixedWidth(_LIST_WIDTH)
        self._list.setAccessibleName(translate(N_("Pages")))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack = QStackedWidget()
        self._problem = QLabel()
        self._arrange()
        self._connect()
        self._show(store.current)

    def show_page(self, area: str) -> None:
        """Show the page of `area`."""
        self._list.setCurrentRow(list(self._every).index(area))

    @property
    def is_idle(self) -> bool:
        """Whether everything that was chosen is stored or refused."""
        return self._background.is_idle and self.destinations.is_idle

    def _arrange(self) -> None:
        for area, page in self._every.items():
            self._list.addItem(page_title(area))
            self._stack.addWidget(page)
        self._problem.setWordWrap(True)
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setProperty("kind", "warn")
        self._problem.setContentsMargins(tokens.SPACE_XL, tokens.SPACE_M, tokens.SPACE_XL, 0)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._problem)
        right.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.SPACE_S, tokens.SPACE_S, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._list)
        row.addLayout(right, 1)

    def _connect(self) -> None:
        self._list.currentRowChanged.connect(self._turn)
        self._list.setCurrentRow(0)
        for area, page in self.pages.items():
            page.wanted.connect(functools.partial(self._keep, area))
            page.reset_requested.connect(functools.partial(self._reset, area))
            page.undo_requested.connect(functools.partial(self._undo, area))
        self.presets.add_requested.connect(self._add_preset)
        self.presets.rename_requested.connect(self._rename_preset)
        self.presets.change_requested.connect(self._change_preset)
        self.presets.put_requested.connect(self._put_preset)
        # The store calls in whatever thread made the change.
        self._changed.connect(self._show, Qt.ConnectionType.QueuedConnection)
        changed = self._changed
        unsubscribe = self._store.subscribe(lambda settings: changed.emit(settings))
        self.destroyed.connect(lambda: unsubscribe())
        app = QApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self._background.finish)

    def _turn(self, row: int) -> None:
        self._stack.setCurrentIndex(row)
        for page in self.pages.values():
            page.offer_undo(False)
        self._tell_pages()

    def _tell_pages(self) -> None:
        for page in self._every.values():
            page.set_shown(self.isVisible() and page is self._stack.currentWidget())

    def _show(self, settings: Settings) -> None:
        for page in self._every.values():
            page.show_settings(settings)
        told = dict.fromkeys(map(str, (*self._set_aside, *self._store.problems)))
        problems = " ".join(told)
        self._problem.setText(f"⚠ {problems}" if problems else "")
        self._problem.setVisible(bool(problems))

    def _keep(self, area: str, name: str, value: Any) -> None:
        self.pages[area].offer_undo(False)
        self._background.run(
            functools.partial(self._store.update, area, **{name: value}),
            # Also where nothing changed, and so nobody is told.
            lambda _: self._show(self._store.current),
            functools.partial(self._refuse, area, name),
        )

    def _refuse(self, area: str, name: str, error: Exception) -> None:
        if not isinstance(error, RecorderError):
            raise error
        self.pages[area].fields[name].refuse(error)

    def _reset(self, area: str) -> None:
        values = getattr(self._store.current, area)
        self._before_reset[area] = {
            name: getattr(values, name) for name in declaration.settings_of(area)
        }

        def done(settings: Settings) -> None:
            self._show(settings)
            self.pages[area].offer_undo(True)

        self._background.run(
            functools.partial(self._store.reset, area),
            done,
            functools.partial(self._refuse_all, area),
        )

    def _undo(self, area: str) -> None:
        def done(settings: Settings) -> None:
            self._show(settings)
            self.pages[area].reset.setFocus()
            self.pages[area].offer_undo(False)

        self._background.run(
            functools.partial(self._store.update, area, **self._before_reset[area]),
            done,
            functools.partial(self._refuse_all, area),
        )

    def _refuse_all(self, area: str, error: Exception) -> None:
        self._refuse(area, next(iter(self.pages[area].fields)), error)

    # Presets: written in the same thread as the rest, and refused beside the field.

    def _add_preset(self) -> None:
        def done(name: str) -> None:
            self._show(self._store.current)
            self.presets.show_preset(name, is_new=True)

        self._background.run(
            functools.partial(presets.add, self._store), done, self._refuse_preset("")
        )

    def _rename_preset(self, name: str, new: str) -> None:
        def done(_settings: Settings) -> None:
            self._show(self._store.current)
            self.presets.show_preset(new)

        work = functools.partial(presets.rename, self._store, name, new)
        self._background.run(work, done, self._refuse_preset(NAME))

    def _change_preset(self, name: str, field: str, value: object) -> None:
        work = functools.partial(presets.change, self._store, name, field, value)
        self._background.run(
            work, lambda _: self._show(self._store.current), self._refuse_preset(field)
        )

    def _put_preset(self, name: str, preset: Preset | None) -> None:
        def done(_settings: Settings) -> None:
            self._show(self._store.current)
            if preset is not None:
                self.presets.show_preset(name)

        work = functools.partial(self._store.update, PRESETS, **{name: preset})
        self._background.run(work, done, self._refuse_preset(""))

    def _refuse_preset(self, field: str) -> Callable[[Exception], None]:
        def refuse(error: Exception) -> None:
            if not isinstance(error, RecorderError):
                raise error
            self.presets.refuse(field, error)

        return refuse

    def _reload(self) -> None:
        self._background.run(
            self._store.reload_if_changed, lambda _: self._show(self._store.current)
        )

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._reload()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._reload()
        self._tell_pages()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._tell_pages()
