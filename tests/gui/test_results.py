"""What happens with a recording that has ended, in windows that stay up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from recorder_app.pipeline.events import Finished, RecordingResult, RecordingState
from recorder_app.services import catalogue
from recorder_app.ui.background import Background
from recorder_app.ui.results import Results
from recorder_app.ui.tokens import LIGHT
from tests.gui.library import make_library, stored


class _Notifier(QObject):
    action = Signal(str, str)


class _Sharing(QObject):
    said, followed = Signal(str, str), Signal(object)
    known = None

    def look(self) -> None:
        pass


@pytest.fixture
def results(home: Path) -> Results:  # noqa: ARG001 - the library is made there
    owner = QObject()
    made = Results(
        LIGHT,
        Background(owner, "test"),
        cast("Any", _Notifier(owner)),
        cast("Any", None),
        cast("Any", _Sharing(owner)),
        owner,
    )
    made.reduced_motion = True
    # It is the owner of all of it, and only its child is held otherwise.
    made.setProperty("owner", owner)
    return made


def test_a_name_that_was_given_in_the_library_is_on_the_card(
    results: Results, qtbot: QtBot
) -> None:
    recording_id = make_library(3)[-1]
    row = stored(recording_id)
    result = RecordingResult(
        *(row.path, 10.0, 1000, 1280, 720, "webm", "vp9", ["opus"], 300, 0, 0, [], False),
        recording_id=recording_id,
    )
    results.show(Finished(RecordingState.FINISHED, result))
    card = results._card
    assert card is not None
    qtbot.addWidget(card)
    catalogue.edit(recording_id, catalogue.Changes(title="Demo for Anna"))
    # As the window's changes are told.
    results.refresh_recent()
    qtbot.waitUntil(lambda: card.title.text() == "Demo for Anna")
    results.close()
    # Nothing is left to be shown.
    results.refresh_recent()
    qtbot.wait(50)
