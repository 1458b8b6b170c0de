"""A destination is given another name on its page."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pytestqt.qtbot import QtBot

from recorder_app.jobs import kinds
from recorder_app.library import leases, queue, recordings, uploads
from recorder_app.library.models import Recording
from recorder_app.services import destinations
from recorder_app.services.library import open_library
from recorder_app.ui.destinations_page import DestinationsPage
from tests.gui.destinations.support import (
    NOBODY,
    SECRET,
    add_folder,
    add_s3,
    form_of,
    line_of,
    problem_of,
    rows,
    save,
    status,
    stored,
    write,
)
from tests.support.keyrings import MemoryRing


def test_a_new_name_is_saved_with_the_rest(
    page: DestinationsPage, home: Path, ring: MemoryRing, qtbot: QtBot
) -> None:
    add_folder(page, qtbot, "Share", home / "share")
    add_s3(page, qtbot)
    write(page, name="Team", configuration__folder="talks")
    assert rows(page)[1].startswith("Bucket\nnot saved")
    save(page, qtbot)
    assert status(page) == "✓ Saved."
    assert rows(page)[1].startswith("Team\n")
    assert not form_of(page).is_dirty
    assert stored("Team").configuration["folder"] == "talks"
    assert [each.name for each in destinations.all_destinations()] == ["Share", "Team"]
    assert {service for service, _ in ring.kept} == {"recorder-app/Team"}
    # It goes on as itself, also with what the command line does to it.
    write(page, secret__secret=f"{SECRET}-2")
    save(page, qtbot)
    assert ring.kept["recorder-app/Team", "secret"] == f"{SECRET}-2"
    page.footer.remove.click()
    assert "“Team”" in page.footer.question.text()
    page.footer.keep.click()
    write(page, name="Share")
    page.footer.save.click()
    assert "There is such a destination already." in problem_of(page, "name")
    page.footer.discard.click()
    assert line_of(page, "name").text() == "Team"
    assert not form_of(page).is_dirty


def test_while_it_is_used_it_keeps_its_name(
    page: DestinationsPage, ring: MemoryRing, qtbot: QtBot
) -> None:
    add_s3(page, qtbot)
    with contextlib.closing(open_library()) as database:
        with database.write() as session:
            row = recordings.add(
                session, Recording(title="A take", recording_type="screen", path="/nowhere")
            )
            _, job = kinds.enqueue_upload(session, row, "Bucket")
            assert job is not None
            assert queue.claim(session, "me", {"network": 1}, queue.now()) is job
        write(page, name="Team", configuration__folder="talks")
        save(page, qtbot)
        assert "“Bucket” is being used right now" in problem_of(page, "name")
        assert line_of(page, "name").hasFocus()
        # All but the name is saved.
        qtbot.waitUntil(lambda: form_of(page).entry is not None)
        assert stored("Bucket").configuration == {
            "endpoint": NOBODY,
            "bucket": "takes",
            "folder": "talks",
        }
        assert {service for service, _ in ring.kept} == {"recorder-app/Bucket"}
        assert line_of(page, "name").text() == "Team"
        with database.write() as session:
            leases.give_back(session, job.id, "me")
        save(page, qtbot)
        assert status(page) == "✓ Saved."
        with database.read() as session:
            assert [each.recording_id for each in uploads.at(session, "Team")] == [row.id]
    assert {service for service, _ in ring.kept} == {"recorder-app/Team"}
