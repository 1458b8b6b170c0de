"""What is notified of uploads, and what the buttons of those notifications ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from recorder_app.texts import N_, translate
from recorder_app.ui.notifications import Notifier
from recorder_app.ui.upload_words import ARRIVED, reason_of

if TYPE_CHECKING:
    from recorder_app.services.sharing import Shared
    from recorder_app.services.uploads import UploadEntry

_KEY = "upload "


class UploadNotes(QObject):
    """`pressed` carries an action (open, copy, retry or keys), a recording and a destination.

    Good news are told while `shows_good_news`; what needs a person always.
    """

    pressed = Signal(str, str, str)

    def __init__(self, notifier: Notifier, parent: QObject) -> None:
        super().__init__(parent)
        self.shows_good_news = True
        self._notifier = notifier
        notifier.action.connect(self._on_action)

    def copied(self, recording_id: str, destination: str, title: str, ends: str) -> None:
        """The link is on the clipboard; `ends` says until when it works, if it ends."""
        self._tell_good(recording_id, destination, translate(N_("Link copied")), title, ends)

    def ready(self, recording_id: str, destination: str, title: str) -> None:
        """The link is there, and something newer is on the clipboard."""
        self._tell_good(recording_id, destination, translate(N_("The link is ready")), title)

    def compare(self, old: UploadEntry | None, new: UploadEntry) -> None:
        """Tell of an upload that has arrived, or that came to nothing, since it was `old`."""
        was = (old.state, old.job_state) if old is not None else ("", "")
        place = new.recording_id, new.destination
        if new.state in ("failed", "gone") or new.job_state == "failed":
            if was[0] not in ("failed", "gone") and was[1] != "failed":
                self._tell_bad(
                    *place,
                    translate(N_("Not uploaded: {title}"), title=new.title),
                    reason_of(new),
                    [("retry", translate(N_("Try again")))],
                )
        elif new.state in ARRIVED and was[0] != new.state:
            if new.state == "playable":
                title, about = translate(N_("Uploaded")), new.destination
            else:
                title, about = translate(N_("Almost ready")), translate(N_("It is playable soon."))
            self._tell_good(*place, title, new.title, about)

    def waiting(self, shared: Shared) -> None:
        """There is no link yet, and why."""
        if shared.problem is None:
            return
        self._tell_bad(
            shared.upload.recording_id,
            shared.upload.destination,
            translate(N_("No link yet: {title}"), title=shared.upload.title),
            f"{shared.problem} {translate(N_('It is uploaded when this is mended.'))}",
            [("retry", translate(N_("Try again")))],
        )

    def keys_wanted(self, recording_id: str, destination: str) -> None:
        """An upload that nobody asked for just now needs keys: no window opens by itself."""
        self._tell_bad(
            recording_id,
            destination,
            translate(N_("“{name}” needs its keys"), name=destination),
            translate(N_("Recordings wait to be uploaded until it has them.")),
            [("keys", translate(N_("Enter keys…")))],
        )

    def _tell_good(self, recording_id: str, destination: str, title: str, *about: str) -> None:
        if not self.shows_good_news:
            return
        actions = [
            ("default", translate(N_("Open"))),
            ("open", translate(N_("Open"))),
            ("copy", translate(N_("Copy link"))),
        ]
        body = "\n".join(each for each in about if each)
        self._notifier.notify(f"{_KEY}{recording_id} {destination}", title, body, actions)

    def _tell_bad(
        self,
        recording_id: str,
        destination: str,
        title: str,
        body: str,
        actions: list[tuple[str, str]],
    ) -> None:
        self._notifier.notify(f"{_KEY}{recording_id} {destination}", title, body, actions)

    def _on_action(self, key: str, action: str) -> None:
        if key.startswith(_KEY):
            recording_id, _, destination = key.removeprefix(_KEY).partition(" ")
            self.pressed.emit("open" if action == "default" else action, recording_id, destination)
