"""Sharing from the app: the link on the clipboard, the upload followed, and told how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.speeds import Speed
from recorder_app.texts import N_, translate
from recorder_app.ui.background import Background
from recorder_app.ui.notifications import Notifier
from recorder_app.ui.upload_words import ARRIVED, is_open, progress_text, reason_of
from recorder_app.ui.worker import Worker

if TYPE_CHECKING:
    from recorder_app.services.links import LinkEntry
    from recorder_app.services.sharing import Shared
    from recorder_app.services.uploading import Followed, Follower, SecretsWanted
    from recorder_app.services.uploads import UploadEntry

_log = logging.getLogger(__name__)

# How many of the newest copies are followed.
_FOLLOWED = 200
_MOVING_MS = 1000
# Others, or the server, may change something.
_RESTING_MS = 5000
# After this it is said what is waited for.
_PATIENCE_MS = 2000
_KEY = "upload "


class Sharing(QObject):
    """Shares recordings and follows their uploads. Used on the GUI thread; nothing here waits.

    `destination_wanted` carries the recording for which there is none yet, `secrets_wanted` a
    recording and what is to be asked for. `said` carries a recording and what came of sharing it,
    in a few words. `followed` carries what is known whenever it was looked at.
    """

    destination_wanted = Signal(str)
    secrets_wanted = Signal(str, object)
    said = Signal(str, str)
    followed = Signal(object)
    failed = Signal(object)

    def __init__(self, worker: Worker, notifier: Notifier, parent: QObject) -> None:
        super().__init__(parent)
        self.notifies = True
        self._worker, self._notifier = worker, notifier
        # Two: the keyring may keep the one waiting for long.
        self._sharing = Background(self, "sharing")
        self._looking = Background(self, "uploads")
        self._known: Followed | None = None
        self._before: dict[str, UploadEntry] = {}
        self._is_looking = self._is_closed = False
        self._follower: Follower | None = None
        self._asked: set[str] = set()
        self._speed = Speed()
        self._rate: float | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        notifier.action.connect(self._on_action)

    @property
    def known(self) -> Followed | None:
        """What was known when it was last looked at, if it ever was."""
        return self._known

    @property
    def progress(self) -> str:
        """How far all uploads are, in one line; "" when there are none."""
        return progress_text(self._uploads, self._rate)

    @property
    def _uploads(self) -> tuple[UploadEntry, ...]:
        return () if self._known is None else self._known.uploads

    def of_recording(self, recording_id: str) -> list[UploadEntry]:
        """Return the copies of a recording, the newest first."""
        return [each for each in self._uploads if each.recording_id == recording_id]

    # What people ask for.

    def share(self, recording_id: str, destination: str = "") -> None:
        """Put a link to a recording on the clipboard, and upload it."""
        self.said.emit(recording_id, translate(N_("Making the link…")))
        self._asked.add(recording_id)
        QTimer.singleShot(_PATIENCE_MS, self, lambda: self._say_waiting(recording_id))
        self._share(recording_id, destination, is_copied=True)

    def share_all(self, recording_ids: list[str]) -> None:
        """Put links to several recordings on the clipboard, a line each, and upload them."""
        if len(recording_ids) == 1:
            self.share(recording_ids[0])
            return
        links: list[str] = []

        def shared(recording_id: str, found: Shared | SecretsWanted | None) -> None:
            link = getattr(found, "link", None)
            if link is not None:
                links.append(link.text)
                QGuiApplication.clipboard().setText("\n".join(links))
                self.said.emit(recording_id, translate(N_("Links copied: {n}"), n=len(links)))
                self._go(None)
            else:
                self._shared(recording_id, False, found)

        for each in recording_ids:
            self._sharing.run(
                partial(_share, each, None),
                partial(shared, each),
                partial(self._not_shared, each),
            )

    def entered(self, recording_id: str) -> None:
        """A recording is in the library: what goes up by itself gets its link at once."""

        def done(going: list[tuple[str, bool]]) -> None:
            for name, is_copied in going:
                self._share(recording_id, name, is_copied=is_copied)

        self._sharing.run(partial(_automatic, recording_id), done, self._tell)

    def use_secrets(self, recording_id: str, destination: str, values: dict[str, str]) -> None:
        """Share with secrets that a person typed; they are used until the app ends."""
        self._worker.use_secrets(destination, values)
        self._sharing.run(
            partial(_use_secrets, destination, values),
            lambda _: self.share(recording_id, destination),
            self._tell,
        )

    def copy_link(self, recording_id: str, destination: str) -> None:
        """Put the link to something that was shared on the clipboard."""
        work = partial(_link, recording_id, destination)
        self._sharing.run(work, lambda found: self._copy(recording_id, found), self._tell)

    def open_link(self, recording_id: str, destination: str) -> None:
        """Open what people see who have the link."""
        work = partial(_link, recording_id, destination)
        self._sharing.run(work, lambda found: _open(found.text), self._tell)

    def retry(self, recording_id: str) -> None:
        """Try the uploads of a recording again, now."""
        self._looking.run(partial(_retry, recording_id), self._go, self._tell)

    def pause(self, is_paused: bool) -> None:
        """Pause all uploads, or go on with them."""
        self._looking.run(partial(_pause, is_paused), self._go, self._tell)

    def look(self) -> None:
        """Look how far everything is, and again as long as something moves."""
        if self._is_looking or self._is_closed:
            return
        self._is_looking = True
        self._timer.stop()
        self._looking.run(self._looked, self._follow, self._not_followed)

    def close(self) -> None:
        """Look no more."""
        self._is_closed = True
        self._timer.stop()
        self._looking.run(self._let_go, lambda _: None)

    # What comes back.

    def _share(self, recording_id: str, destination: str, *, is_copied: bool) -> None:
        self._sharing.run(
            partial(_share, recording_id, destination or None),
            partial(self._shared, recording_id, is_copied),
            partial(self._not_shared, recording_id),
        )

    def _shared(
        self, recording_id: str, is_copied: bool, found: Shared | SecretsWanted | None
    ) -> None:
        self._asked.discard(recording_id)
        if found is None:
            self.said.emit(recording_id, "")
            self.destination_wanted.emit(recording_id)
            return
        # Loaded by whoever made `found`.
        from recorder_app.services.uploading import SecretsWanted

        if isinstance(found, SecretsWanted):
            self.said.emit(recording_id, "")
            self.secrets_wanted.emit(recording_id, found)
            return
        self._go(None)
        if found.link is None:
            self.said.emit(recording_id, translate(N_("The link comes with the upload")))
            self._notify_waiting(found)
        elif is_copied:
            self._copy(recording_id, found.link)

    def _say_waiting(self, recording_id: str) -> None:
        if recording_id in self._asked:
            waiting = translate(N_("Waiting for the keyring or the server…"))
            self.said.emit(recording_id, waiting)

    def _not_shared(self, recording_id: str, error: Exception) -> None:
        self._asked.discard(recording_id)
        self.said.emit(recording_id, translate(N_("Not shared")))
        self._tell(error)

    def _copy(self, recording_id: str, found: LinkEntry) -> None:
        QGuiApplication.clipboard().setText(found.text)
        ends = ""
        if found.expires_at is not None:
            day = f"{found.expires_at.astimezone():%Y-%m-%d %H:%M}"
            ends = translate(N_("It works until {day}."), day=day)
        self.said.emit(recording_id, translate(N_("Link copied")))
        title = next((each.title for each in self.of_recording(recording_id)), "")
        self._show(
            recording_id,
            found.destination,
            translate(N_("Link copied")),
            "\n".join(each for each in (title, ends) if each),
        )

    def _go(self, _result: object) -> None:
        self._worker.wake()
        self.look()

    def _follow(self, known: Followed) -> None:
        self._is_looking = False
        before, self._before = self._before, {each.id: each for each in known.uploads}
        self._known = known
        going = [each for each in known.uploads if is_open(each)]
        self._rate = self._speed.note(sum(each.sent_bytes for each in going))
        for entry in known.uploads:
            if (old := before.get(entry.id)) is not None and old != entry:
                self._compare(old, entry)
        self.followed.emit(known)
        if self._is_closed:
            return
        if known.is_moving:
            self._timer.start(_MOVING_MS)
        elif any(each.state == "uploaded" for each in known.uploads):
            self._timer.start(_RESTING_MS)

    # In the thread that looks.

    def _looked(self) -> Followed:
        from recorder_app.services.uploading import Follower

        if self._follower is None:
            self._follower = Follower(_FOLLOWED)
        return self._follower.look()

    def _let_go(self) -> None:
        if self._follower is not None:
            self._follower.close()

    def _not_followed(self, error: Exception) -> None:
        self._is_looking = False
        _log.warning("uploads not followed error=%s", error)
        self._timer.start(_RESTING_MS)

    def _compare(self, old: UploadEntry, new: UploadEntry) -> None:
        """Tell of an upload that has arrived, or that needs a person."""
        if new.state in ARRIVED and old.state != new.state:
            title = N_("Uploaded") if new.state == "playable" else N_("Almost ready")
            body = "" if new.state == "playable" else N_("It is playable soon.")
            text = f"{new.title}\n{translate(body) if body else new.destination}"
            self._show(new.recording_id, new.destination, translate(title), text)
        elif new.job_state == "failed" and old.job_state != "failed":
            self._notifier.notify(
                f"{_KEY}{new.recording_id} {new.destination}",
                translate(N_("Not uploaded: {title}"), title=new.title),
                reason_of(new),
                [("retry", translate(N_("Try again")))],
            )
        elif is_open(new) and new.error and (not old.error or old.error != new.error):
            _log.info("upload waits id=%s error=%s", new.id, new.error.get("code"))

    def _notify_waiting(self, shared: Shared) -> None:
        problem = shared.problem
        if problem is None:
            return
        self._notifier.notify(
            f"{_KEY}{shared.upload.recording_id} {shared.upload.destination}",
            translate(N_("No link yet: {title}"), title=shared.upload.title),
            f"{problem} {translate(N_('It is uploaded when this is mended.'))}",
            [("retry", translate(N_("Try again")))],
        )

    def _show(self, recording_id: str, destination: str, title: str, body: str) -> None:
        if not self.notifies:
            return
        actions = [
            ("default", translate(N_("Open"))),
            ("open", translate(N_("Open"))),
            ("copy", translate(N_("Copy link"))),
        ]
        self._notifier.notify(f"{_KEY}{recording_id} {destination}", title, body, actions)

    def _on_action(self, key: str, action: str) -> None:
        if not key.startswith(_KEY):
            return
        recording_id, _, destination = key.removeprefix(_KEY).partition(" ")
        acts: dict[str, Callable[[], None]] = {
            "retry": lambda: self.retry(recording_id),
            "copy": lambda: self.copy_link(recording_id, destination),
        }
        acts.get(action, lambda: self.open_link(recording_id, destination))()

    def _tell(self, error: Exception) -> None:
        self.failed.emit(as_recorder_error(error))


def _open(link: str) -> None:
    url = QUrl(link) if "://" in link else QUrl.fromLocalFile(link)
    QDesktopServices.openUrl(url)


# The library's packages are loaded in the background thread, with the first of these calls.


def _share(recording_id: str, destination: str | None) -> Shared | SecretsWanted | None:
    from recorder_app.services import uploading

    return uploading.share(recording_id, destination)


def _automatic(recording_id: str) -> list[tuple[str, bool]]:
    from recorder_app.services import uploading

    return uploading.automatic(recording_id)


def _link(recording_id: str, destination: str) -> LinkEntry:
    from recorder_app.services import uploading

    return uploading.link(recording_id, destination)


def _retry(recording_id: str) -> None:
    from recorder_app.services import uploading

    uploading.retry(recording_id)


def _pause(is_paused: bool) -> None:
    from recorder_app.services import uploading

    uploading.pause(is_paused=is_paused)


def _use_secrets(destination: str, values: dict[str, str]) -> None:
    from recorder_app.services.destinations import use_secrets

    use_secrets(destination, values)
