"""What the library window says of a fault goes when the fault is over."""

from __future__ import annotations

import pytest

from recorder_app.errors import LibraryLocked, UnreadableMedia
from recorder_app.services import catalogue
from tests.gui.library import Visitor


def test_a_deed_that_goes_well_ends_what_was_said_of_one_that_did_not(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = visitor.window
    visitor.click(0)

    def never(*_: object) -> None:
        raise LibraryLocked("The library is busy.")

    with monkeypatch.context() as patch:
        patch.setattr(catalogue, "edit_all", never)
        window.doings.verbs.favourite(True)
        visitor.settle()
    # Not by being looked at.
    window.refresh()
    visitor.settle()
    assert window.notice.text.startswith("The library is busy.")
    window.doings.verbs.favourite(False)
    visitor.settle()
    assert not window.notice.text


def test_other_faults_stay(visitor: Visitor) -> None:
    window = visitor.window
    visitor.click(0)
    window.tell_failed(UnreadableMedia("The file is not there."))
    window.doings.verbs.favourite(False)
    visitor.settle()
    assert window.notice.text
