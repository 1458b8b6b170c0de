"""The controls that settings are changed with: each shows a value, and says what a person chose."""

from __future__ import annotations

import contextlib
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QLocale, QObject, QPointF, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from recorder_app.settings.declaration import Setting
from recorder_app.texts import N_, translate
from recorder_app.ui.marks import ARROW_WIDTH, draw_arrow, draw_check
from recorder_app.ui.setting_words import choice_title, none_title, unit_text

# Wide enough for what it shows, and narrow enough for the smallest window.
LEAST_WIDTH, NUMBER_WIDTH = 96, 140


class Editor(Protocol):
    """What a field needs of its control. `chosen` is emitted with what a person chose."""

    chosen: Any
    main: QWidget

    def show_value(self, value: Any) -> None:
        """Show `value` without emitting anything."""
        ...


class _NoWheel(QObject):
    """Keeps the wheel for scrolling the page: nothing is changed by passing over it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QWheelEvent) and isinstance(watched, QWidget):
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def keep_wheel_for_page(control: QWidget) -> None:
    control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    control.installEventFilter(_NoWheel(control))


class SwitchEditor(QCheckBox):
    """On or off."""

    chosen = Signal(object)

    def __init__(self, setting: Setting) -> None:
        super().__init__(translate(setting.title))
        self.main: QWidget = self
        self.toggled.connect(self.chosen.emit)

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self):
            self.setChecked(bool(value))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if self.isChecked():
            option = QStyleOptionButton()
            self.initStyleOption(option)
            part = QStyle.SubElement.SE_CheckBoxIndicator
            draw_check(self, QRectF(self.style().subElementRect(part, option, self)))


class ChoiceEditor(QComboBox):
    """One of a few values, each under a name for people."""

    chosen = Signal(object)

    def __init__(self, choices: list[tuple[str, Any]]) -> None:
        super().__init__()
        self.main: QWidget = self
        self.setMinimumWidth(LEAST_WIDTH)
        for title, value in choices:
            self.addItem(title, value)
        keep_wheel_for_page(self)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def show_value(self, value: Any) -> None:
        # Not findData: for Qt, None is not equal to None.
        values = [self.itemData(index) for index in range(self.count())]
        with contextlib.suppress(ValueError):
            self.setCurrentIndex(values.index(value))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        draw_arrow(self, QPointF(self.width() - ARROW_WIDTH / 2, self.height() / 2))


class WholeEditor(QSpinBox):
    """A whole number with its unit."""

    chosen = Signal(object)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.main: QWidget = self
        _prepare_number(self, setting)
        self.setRange(int(setting.least or 0), int(setting.most or 0))
        self.valueChanged.connect(self.chosen.emit)

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self):
            self.setValue(value)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        _draw_steps(self)


class DecimalEditor(QDoubleSpinBox):
    """A number with its unit, and no more decimals than it has."""

    chosen = Signal(object)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.main: QWidget = self
        _prepare_number(self, setting)
        self.setDecimals(3)
        self.setRange(setting.least or 0.0, setting.most or 0.0)
        self.valueChanged.connect(self.chosen.emit)

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self):
            self.setValue(value)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        _draw_steps(self)

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        shortest = QLocale.FloatingPointPrecisionOption.FloatingPointShortest
        return self.locale().toString(round(value, self.decimals()), "f", shortest.value)


class TextEditor(QLineEdit):
    """A text. While it is typed it is checked; it counts once it is left or Return is pressed."""

    chosen = Signal(object)
    typed = Signal(str)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.main: QWidget = self
        self._shown = ""
        self._takes_none = setting.takes_none
        self.setMinimumWidth(LEAST_WIDTH)
        if setting.takes_none:
            self.setPlaceholderText(none_title(setting))
        elif setting.form.kind == "clock":
            self.setPlaceholderText(translate(N_("Never")))
        elif setting.form.kind == "project":
            self.setPlaceholderText(translate(N_("All projects")))
        self.textEdited.connect(self.typed.emit)
        self.editingFinished.connect(self._finish)

    def show_value(self, value: Any) -> None:
        # What is being typed stays; it is stored when it is finished.
        if not (self.hasFocus() and self.isModified()) or self.text() == value:
            self.take_value(value)

    def take_value(self, value: Any) -> None:
        """Show `value` in place of whatever was typed."""
        self._shown = "" if value is None else str(value)
        self.setText(self._shown)
        self.setModified(False)

    def _finish(self) -> None:
        if self.text() != self._shown:
            self.setModified(False)
            self._shown = self.text()
            self.chosen.emit(None if self._takes_none and not self.text() else self.text())


def _prepare_number(control: QAbstractSpinBox, setting: Setting) -> None:
    control.setKeyboardTracking(False)
    control.setAccelerated(True)
    control.setFixedWidth(NUMBER_WIDTH)
    if setting.form.unit and isinstance(control, QSpinBox | QDoubleSpinBox):
        control.setSuffix(f" {unit_text(setting)}")
    control.lineEdit().setTextMargins(4, 0, 0, 0)
    keep_wheel_for_page(control)


def _draw_steps(control: QAbstractSpinBox) -> None:
    across = control.width() - ARROW_WIDTH / 2
    draw_arrow(control, QPointF(across, control.height() * 0.32), is_up=True)
    draw_arrow(control, QPointF(across, control.height() * 0.68))


def plain_editor(setting: Setting) -> Editor:
    """Return the control for a setting whose type says everything."""
    if setting.form.choices:
        none: list[tuple[str, Any]] = [(none_title(setting), None)] if setting.takes_none else []
        named = [(choice_title(setting, one), one) for one in setting.form.choices]
        return ChoiceEditor([*none, *named])
    if setting.value_type is bool and setting.takes_none:
        either: list[tuple[str, Any]] = [
            (none_title(setting), None),
            (translate(N_("On")), True),
            (translate(N_("Off")), False),
        ]
        return ChoiceEditor(either)
    if setting.value_type is bool:
        return SwitchEditor(setting)
    if setting.value_type is int and setting.least is not None:
        return WholeEditor(setting)
    if setting.value_type is float and setting.least is not None:
        return DecimalEditor(setting)
    return TextEditor(setting)
