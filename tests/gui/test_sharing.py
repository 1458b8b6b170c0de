"""Sharing in the windows: the card's button, the menu's entries, the words, the keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from recorder_app.errors import SecretsLocked
from recorder_app.jobs import credentials, kinds
from recorder_app.library import recordings
from recorder_app.library.models import Recording
from recorder_app.services.destinations import FieldEntry, add, remove
from recorder_app.services.library import open_library
from recorder_app.services.uploading import Followed
from recorder_app.services.uploads import UploadEntry
from recorder_app.settings.destinations import AfterUpload, DestinationsStore, StoredDestination
from recorder_app.ui import upload_words
from recorder_app.ui.secrets_dialog import SecretsDialog
from recorder_app.ui.sharing import Sharing
from recorder_app.ui.take_menu import TakeMenu
from recorder_app.ui.tokens import LIGHT
from recorder_app.ui.worker import Worker
from tests.gui import views
from tests.gui.support import press, shown
from tests.gui.test_result_card import make as make_card

LIMIT_MS = 90_000


def entry(**changes: Any) -> UploadEntry:
    values: dict[str, Any] = {
        "id": "u",
        "recording_id": "r",
        "short_id": "r",
        "title": "Demo",
        "destination": "work",
        "state": "linked",
        "link": "https://a.example/r",
        "is_signed": False,
        "job_id": "j",
        "job_state": "running",
        "progress": 0.25,
        "size_bytes": 80_000_000,
        "sent_bytes": 20_000_000,
        "error": None,
        "run_after": None,
        "links_end_at": None,
        "created_at": datetime.now(UTC),
    }
    return UploadEntry(**values | changes)


# The words.


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "uploading 25 %"),
        ({"job_state": "queued"}, "upload waits"),
        ({"job_state": "queued", "error": {"message": "No network."}}, "upload waits: No network."),
        ({"job_state": "paused"}, "upload paused"),
        ({"job_state": "failed", "state": "failed"}, "not uploaded"),
        ({"state": "uploaded", "job_state": "done"}, "uploaded, playable soon"),
        ({"state": "playable", "job_state": "done"}, "uploaded"),
    ],
)
def test_how_far_one_is(changes: dict[str, Any], text: str) -> None:
    assert upload_words.state_text(entry(**changes)) == text


def test_how_far_all_are() -> None:
    other = entry(id="v", size_bytes=20_000_000, sent_bytes=5_000_000)
    there = entry(id="w", state="playable", job_state="done")
    both = [entry(), other, there]
    assert upload_words.progress_text(both, None) == "Uploading 25 %"
    text = upload_words.progress_text(both, 2_500_000.0)
    assert text == "Uploading 25 % · 2.5 MB/s · 00:00:30 left"
    waits = entry(job_state="queued", error={"message": "No network.", "hint": ""})
    assert upload_words.progress_text([waits], None) == "Uploads waiting: 1 No network."
    assert upload_words.progress_text([entry(job_state="paused")], None) == "Uploads paused: 1"
    assert upload_words.progress_text([there], None) == ""


# The card.


def test_the_card_asks_for_the_link_and_says_how_far_it_is(qtbot: QtBot) -> None:
    card = make_card(qtbot)
    with qtbot.waitSignal(card.share_requested, timeout=500) as asked:
        press(card, "Copy link")
    assert asked.args == [""]
    bottom = card.geometry().bottom()
    card.show_upload("work: uploading 25 %")
    assert "work: uploading 25 %" in [one.text() for one in card.findChildren(QLabel)]
    # It grows upwards, and stays in its corner.
    qtbot.waitUntil(lambda: card.geometry().bottom() == bottom, timeout=1000)
    card.show_upload("")
    assert "work: uploading 25 %" not in [one.text() for one in card.findChildren(QLabel)]


def test_the_card_offers_other_places_where_there_are_some(qtbot: QtBot) -> None:
    card = make_card(qtbot)
    card.set_destinations(["work"])
    assert not card.elsewhere.isVisibleTo(card)
    card.set_destinations(["work", "at & home"])
    press(card, "Share elsewhere")
    [menu] = card.findChildren(QMenu)
    with qtbot.waitSignal(card.share_requested, timeout=500) as asked:
        menu.actions()[1].trigger()
    assert asked.args == ["at & home"]


# The menu.


def test_the_menu_shares_the_latest_and_holds_uploads(qtbot: QtBot) -> None:
    menu = TakeMenu(LIGHT)
    qtbot.addWidget(menu)
    menu.show_view(views.IDLE)

    def action(name: str) -> QAction:
        found = menu.findChild(QAction, name)
        assert isinstance(found, QAction)
        return found

    assert not action("share").isVisible()
    assert not action("uploads").isVisible()
    menu.set_recent([("Screen", "/a.webm")])
    with qtbot.waitSignal(menu.share_requested, timeout=500):
        action("share").trigger()
    menu.set_uploads("Uploading 25 %", is_paused=False)
    assert action("uploads").text() == "Uploads\tUploading 25 %"
    assert not action("resume_uploads").isVisible()
    with qtbot.waitSignal(menu.uploads_paused, timeout=500) as asked:
        action("pause_uploads").trigger()
    assert asked.args == [True]
    menu.set_uploads("Uploads paused: 1", is_paused=True)
    assert not action("pause_uploads").isVisible()
    with qtbot.waitSignal(menu.uploads_paused, timeout=500) as asked:
        action("resume_uploads").trigger()
    assert asked.args == [False]
    menu.set_uploads("", is_paused=False)
    assert not action("uploads").isVisible()


# The keys.


def test_keys_are_asked_for_and_shown_to_nobody(qtbot: QtBot) -> None:
    fields = [
        FieldEntry("key_id", "Key ID", "Also called access key.", False),
        FieldEntry("secret", "Secret key", "", False),
        FieldEntry("page_key", "Page key", "", True),
    ]
    dialog = SecretsDialog("work", fields, SecretsLocked("The keyring is locked."))
    shown(qtbot, dialog)
    assert "⚠ The keyring is locked." in [one.text() for one in dialog.findChildren(QLabel)]
    edits = {one.accessibleName(): one for one in dialog.findChildren(QLineEdit)}
    assert all(one.echoMode() is QLineEdit.EchoMode.Password for one in edits.values())
    assert not dialog.use.isEnabled()
    QTest.keyClicks(edits["Key ID"], "k1")
    assert not dialog.use.isEnabled()
    QTest.keyClicks(edits["Secret key"], " s1 ")
    with qtbot.waitSignal(dialog.given, timeout=500) as given:
        QTest.keyClick(edits["Secret key"], Qt.Key.Key_Return)
    assert given.args == [{"key_id": "k1", "secret": "s1"}]
    assert not dialog.isVisible()


# All of it, with a real library, a real folder and the process that uploads.


class Notes(QObject):
    """What was to be notified."""

    action = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.keys: list[str] = []

    def notify(self, key: str, title: str, *_rest: object) -> None:
        self.titles.append(title)
        self.keys.append(key)


class Around:
    """A library with one recording, a folder to share it in, and the one who shares."""

    def __init__(self, home: Path) -> None:
        self.place = home / "shared"
        self.place.mkdir()
        self.file = home / "take.webm"
        self.recording_id = self.enter("Demo")
        self.owner = QObject()
        self.notes = Notes()
        self.worker = Worker(self.owner)
        self.sharing = Sharing(self.worker, self.notes, self.owner)  # type: ignore[arg-type]
        self.said: list[str] = []
        self.sharing.said.connect(lambda _, text: self.said.append(text))

    def enter(self, title: str) -> str:
        """Enter a recording; return its id."""
        path = self.file.with_name(f"{title}.webm")
        path.write_bytes(b"pictures" * 1000)
        database = open_library()
        with database.write() as session:
            row = Recording(
                title=title,
                recording_type="screen",
                path=str(path),
                file_size=8000,
                mime_type="video/webm",
            )
            made = recordings.add(session, row).id
        database.close()
        self.file = path
        return made

    def add_folder(self, name: str = "nas") -> None:
        add(
            StoredDestination(name=name, kind="folder", configuration={"folder": str(self.place)}),
            {},
        )

    def add_bucket(self, *, is_automatic: bool) -> None:
        """Add one whose keys nobody has."""
        DestinationsStore().put(
            StoredDestination(
                name="bucket",
                kind="s3",
                configuration={"endpoint": "http://127.0.0.1:9", "bucket": "takes"},
                is_automatic=is_automatic,
                after=AfterUpload(copy_link=True),
            )
        )

    def state(self) -> str:
        found = self.sharing.of_recording(self.recording_id)
        return found[0].state if found else ""

    def close(self) -> None:
        self.sharing.close()
        self.worker.close()


@pytest.fixture
def around(
    qtbot: QtBot,  # noqa: ARG001 - there must be an application
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Around]:
    for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    monkeypatch.setattr(credentials, "_given", {})
    monkeypatch.setattr(credentials, "_known", {})
    # Nobody has a keyring here.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    made = Around(tmp_path)
    yield made
    made.close()


def test_the_link_is_copied_and_the_file_arrives(qtbot: QtBot, around: Around) -> None:
    around.add_folder()
    QGuiApplication.clipboard().setText("before")
    around.sharing.share(around.recording_id)
    qtbot.waitUntil(lambda: "Link copied" in around.said, timeout=LIMIT_MS)
    link = QGuiApplication.clipboard().text()
    assert link.startswith("file:")
    qtbot.waitUntil(lambda: around.state() == "playable", timeout=LIMIT_MS)
    [copy] = around.place.rglob("*.webm")
    assert copy.read_bytes() == around.file.read_bytes()
    qtbot.waitUntil(lambda: "Uploaded" in around.notes.titles, timeout=LIMIT_MS)
    # Its button copies the link again.
    QGuiApplication.clipboard().setText("other")
    around.notes.action.emit(around.notes.keys[-1], "copy")
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == link, timeout=LIMIT_MS)


def test_without_a_destination_one_is_wanted(qtbot: QtBot, around: Around) -> None:
    with qtbot.waitSignal(around.sharing.destination_wanted, timeout=LIMIT_MS) as wanted:
        around.sharing.share(around.recording_id)
    assert wanted.args == [around.recording_id]


def test_what_cannot_be_shared_says_why(qtbot: QtBot, around: Around) -> None:
    around.add_folder()
    around.file.unlink()
    with qtbot.waitSignal(around.sharing.failed, timeout=LIMIT_MS) as failed:
        around.sharing.share(around.recording_id)
    assert "is not there" in str(failed.args[0])
    assert around.said[-1] == "Not shared"


def test_a_clipboard_that_was_used_meanwhile_is_left_alone(qtbot: QtBot, around: Around) -> None:
    around.add_folder()
    around.sharing.share(around.recording_id)
    QGuiApplication.clipboard().setText("something newer")
    qtbot.waitUntil(lambda: "The link is ready" in around.said, timeout=LIMIT_MS)
    assert QGuiApplication.clipboard().text() == "something newer"
    around.notes.action.emit(around.notes.keys[-1], "copy")
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: clipboard.text().startswith("file:"), timeout=LIMIT_MS)


def test_several_are_shared_a_line_each(qtbot: QtBot, around: Around) -> None:
    around.add_folder()
    other = around.enter("Other")
    around.sharing.share_all([around.recording_id, other])
    qtbot.waitUntil(lambda: "Links copied: 2" in around.said, timeout=LIMIT_MS)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [each[:5] for each in lines] == ["file:", "file:"]
    qtbot.waitUntil(lambda: len(list(around.place.rglob("*.webm"))) == 2, timeout=LIMIT_MS)


def test_after_the_default_is_gone_another_one_is_to_be_chosen(
    qtbot: QtBot, around: Around
) -> None:
    around.add_folder()
    around.add_folder("second")
    around.add_folder("third")
    remove("nas")
    with qtbot.waitSignal(around.sharing.destination_wanted, timeout=LIMIT_MS):
        around.sharing.share(around.recording_id)
    around.sharing.share(around.recording_id, "second")
    qtbot.waitUntil(lambda: around.state() == "playable", timeout=LIMIT_MS)


def test_what_goes_up_by_itself_opens_no_window(qtbot: QtBot, around: Around) -> None:
    around.add_bucket(is_automatic=True)
    database = open_library()
    with database.write() as session:
        kinds.enqueue_upload(session, recordings.get(session, around.recording_id), "bucket")
    database.close()
    wanted: list[object] = []
    around.sharing.secrets_wanted.connect(lambda *_: wanted.append(1))
    around.sharing.entered(around.recording_id)
    qtbot.waitUntil(lambda: "“bucket” needs its keys" in around.notes.titles, timeout=LIMIT_MS)
    assert wanted == []
    # Its button is somebody's own wish.
    with qtbot.waitSignal(around.sharing.secrets_wanted, timeout=LIMIT_MS) as asked:
        around.notes.action.emit(around.notes.keys[-1], "keys")
    assert asked.args[0] == around.recording_id
    assert [each.name for each in asked.args[1].fields] == ["key_id", "secret"]


def test_a_worker_that_was_killed_is_started_again(qtbot: QtBot, around: Around) -> None:
    around.add_folder()
    around.worker.wake()
    process = around.worker._process
    assert process is not None
    qtbot.waitUntil(lambda: process.processId() > 0, timeout=LIMIT_MS)
    process.kill()
    qtbot.waitUntil(lambda: around.worker._process not in (None, process), timeout=LIMIT_MS)


def test_one_that_waits_says_why_and_goes_on_when_asked(qtbot: QtBot, around: Around) -> None:
    around.add_folder()
    around.place.rmdir()
    around.place.write_text("no folder any more")
    around.sharing.share(around.recording_id)
    sharing, recording_id = around.sharing, around.recording_id
    qtbot.waitUntil(
        lambda: any(each.error for each in sharing.of_recording(recording_id)), timeout=LIMIT_MS
    )
    assert upload_words.reason_of(sharing.of_recording(recording_id)[0])
    around.place.unlink()
    around.place.mkdir()
    sharing.retry(recording_id)
    qtbot.waitUntil(lambda: around.state() == "playable", timeout=LIMIT_MS)


def test_one_that_fails_is_told_once(around: Around) -> None:
    error = {"code": "quota", "message": "The bucket is full.", "hint": "Make room."}
    failed = entry(job_state="failed", state="failed", error=error)
    for each in (entry(), failed, failed):
        around.sharing._follow(Followed((each,), ()))
    assert around.notes.titles == ["Not uploaded: Demo"]


def test_a_look_costs_nothing_when_nothing_moves(qtbot: QtBot, around: Around) -> None:
    around.add_folder()
    with qtbot.waitSignal(around.sharing.followed, timeout=LIMIT_MS) as seen:
        around.sharing.look()
    known = seen.args[0]
    assert isinstance(known, Followed)
    assert [each.name for each in known.destinations] == ["nas"]
    assert not known.is_moving
    assert not around.sharing._timer.isActive()
    remove("nas")
