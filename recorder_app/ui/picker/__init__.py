"""Choosing what to record by pointing at it: an area, a window, a screen; or taking a screenshot.

Outside this package only :class:`AreaPicker`, :class:`Picked` and :class:`ScreenPlace` are used.
"""

from recorder_app.ui.picker.area_picker import AreaPicker, Picked
from recorder_app.ui.picker.layout import ScreenPlace

__all__ = ["AreaPicker", "Picked", "ScreenPlace"]
