"""Sharing from the app: the link on the clipboard, the upload followed, and told how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.speeds import Speed
from recorder_app.texts import N_, translate
from recorder_app.ui.background import Background
from recorder_app.ui.notifications import Notifier
from recorder_app.ui.upload_notes import UploadNotes
from recorder_app.ui.upload_words import is_open, progress_text
from recorder_app.ui.worker import Worker

if TYPE_CHECKING:
    from recorder_app.services.links import LinkEntry
    from recorder_app.services.sharing import Shared
    from recorder_app.services.uploading import Followed, Follower, SecretsWanted
    from recorder_app.services.uploads import UploadEntry

    Answer = Shared | SecretsWanted | None

_log = logging.getLogger(__name__)

# How many of the newest copies are followed.
_FOLLOWED = 200
_MOVING_MS = 1000
# Others, or the server, may change something.
_RESTING_MS = 5000
# After this it is said what is waited for.
_PATIENCE_MS = 2000


@dataclass(slots=True)
class _Wish:
    """Somebody's wish for a link. `clips` is how often the clipboard had changed by then.

    With `is_asked` a person waits for it; else windows and messages would come out of nowhere.
    """

    recording_id: str
    is_copied: bool
    is_asked: bool
    clips: int


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
        self.notes = UploadNotes(notifier, self)
        self._worker = worker
        # Several: the keyring may keep one waiting for long, and a click comes before the rest.
        self._sharing = Background(self, "sharing")
        self._others = Background(self, "sharing by itself")
        self._looking = Background(self, "uploads")
        self._known: Followed | None = None
        self._before: dict[str, UploadEntry] = {}
        self._is_looking = self._looks_again = self._is_closed = False
        self._follower: Follower | None = None
        self._asked: set[str] = set()
        # Links that come later, and whom they are for.
        self._awaited: dict[tuple[str, str], _Wish] = {}
        self._told_keys: set[str] = set()
        self._clips = 0
        self._speed = Speed()
        self._rate: float | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        self.notes.pressed.connect(self._pressed)
        QGuiApplication.clipboard().dataChanged.connect(self._clipboard_changed)

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
        self._share(self._sharing, self._wish(recording_id), destination)

    def share_all(self, recording_ids: list[str], destination: str = "") -> None:
        """Put links to several recordings on the clipboard, a line each, and upload them."""
        if len(recording_ids) == 1:
            self.share(recording_ids[0], destination)
            return
        links: list[str] = []
        left = len(recording_ids)

        def done(wish: _Wish, found: Answer) -> None:
            nonlocal left
            left -= 1
            link = getattr(found, "link", None)
            if link is not None:
                links.append(link.text)
            if links and not left:
                QGuiApplication.clipboard().setText("\n".join(links))
                copied = translate(N_("Links copied: {n}"), n=len(links))
                self.said.emit(wish.recording_id, copied)
            self._shared(wish, found)

        def failed(wish: _Wish, error: Exception) -> None:
            done(wish, None) if left == 1 and links else None
            self._not_shared(wish, error)

        for each in recording_ids:
            wish = self._wish(each, is_copied=False)
            work = partial(_share, each, destination or None)
            self._others.run(work, partial(done, wish), partial(failed, wish))

    def entered(self, recording_id: str) -> None:
        """A recording is in the library: what goes up by itself gets its link at once."""

        def done(going: list[tuple[str, bool]]) -> None:
            for name, is_copied in going:
                wish = self._wish(recording_id, is_copied=is_copied, is_asked=False)
                self._share(self._others, wish, name)

        self._others.run(partial(_automatic, recording_id), done, self._tell)

    def use_secrets(
        self, recording_ids: list[str], destination: str, values: dict[str, str]
    ) -> None:
        """Share with secrets that a person typed; they are used until the app ends."""
        self._told_keys.discard(destination)
        self._sharing.run(
            partial(_use_secrets, destination, values),
            lambda _: self.share_all(recording_ids, destination),
            self._tell,
        )

    def copy_link(self, recording_id: str, destination: str) -> None:
        """Put the link to something that was shared on the clipboard."""
        wish = self._wish(recording_id)
        work = partial(_link, recording_id, destination)
        self._sharing.run(work, partial(self._linked, wish), self._tell)

    def open_link(self, recording_id: str, destination: str) -> None:
        """Open what people see who have the link."""

        def done(found: LinkEntry | SecretsWanted) -> None:
            from recorder_app.services.uploading import SecretsWanted

            if isinstance(found, SecretsWanted):
                self.secrets_wanted.emit(recording_id, found)
            else:
                _open(found.text)

        self._sharing.run(partial(_link, recording_id, destination), done, self._tell)

    def retry(self, recording_id: str, destination: str = "") -> None:
        """Try the upload of a recording again, now; keys that were refused are asked for."""
        self._asked.add(recording_id)
        work = partial(_share_again, recording_id, destination or None)
        wish = self._wish(recording_id, is_copied=False)
        done, failed = partial(self._shared, wish), partial(self._not_shared, wish)
        self._sharing.run(work, done, failed)

    def pause(self, is_paused: bool) -> None:
        """Pause all uploads, or go on with those that are paused."""
        self._looking.run(partial(_pause, is_paused), self._go, self._tell)

    def look(self) -> None:
        """Look how far everything is, and again as long as something moves."""
        if self._is_closed:
            return
        if self._is_looking:
            self._looks_again = True
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

    def _wish(self, recording_id: str, *, is_copied: bool = True, is_asked: bool = True) -> _Wish:
        return _Wish(recording_id, is_copied, is_asked, self._clips)

    def _share(self, thread: Background, wish: _Wish, destination: str) -> None:
        thread.run(
            partial(_share, wish.recording_id, destination or None),
            partial(self._shared, wish),
            partial(self._not_shared, wish),
        )

    def _shared(self, wish: _Wish, found: Answer) -> None:
        recording_id = wish.recording_id
        self._asked.discard(recording_id)
        if found is None:
            self.said.emit(recording_id, "")
            self.destination_wanted.emit(recording_id)
            return
        # Loaded by whoever made `found`.
        from recorder_app.services.uploading import SecretsWanted

        if isinstance(found, SecretsWanted):
            self.said.emit(recording_id, "")
            self._want_secrets(wish, found)
            return
        self._go(None)
        if found.link is not None:
            if wish.is_copied:
                self._copy(wish, found.link, found.upload.title)
            return
        if wish.is_copied:
            self._awaited[recording_id, found.upload.destination] = wish
        self.said.emit(recording_id, translate(N_("The link comes with the upload")))
        self.notes.waiting(found)

    def _want_secrets(self, wish: _Wish, wanted: SecretsWanted) -> None:
        name = wanted.destination
        if wish.is_asked:
            self.secrets_wanted.emit(wish.recording_id, wanted)
        elif name not in self._told_keys:
            self._told_keys.add(name)
            self.notes.keys_wanted(wish.recording_id, name)

    def _say_waiting(self, recording_id: str) -> None:
        if recording_id in self._asked:
            waiting = translate(N_("Waiting for the keyring or the server…"))
            self.said.emit(recording_id, waiting)

    def _not_shared(self, wish: _Wish, error: Exception) -> None:
        self._asked.discard(wish.recording_id)
        self.said.emit(wish.recording_id, translate(N_("Not shared")))
        # Its job is there, and says in the end what is wrong with it.
        self._go(None)
        if wish.is_asked:
            self._tell(error)

    def _linked(self, wish: _Wish, found: LinkEntry | SecretsWanted) -> None:
        from recorder_app.services.uploading import SecretsWanted

        if isinstance(found, SecretsWanted):
            self._want_secrets(wish, found)
        else:
            self._copy(wish, found)

    def _copy(self, wish: _Wish, found: LinkEntry, title: str = "") -> None:
        recording_id, place = wish.recording_id, found.destination
        if not title:
            title = next((each.title for each in self.of_recording(recording_id)), "")
        if wish.clips != self._clips:
            # Somebody has copied something else meanwhile, and wants to paste that.
            self.said.emit(recording_id, translate(N_("The link is ready")))
            self.notes.ready(recording_id, place, title)
            return
        QGuiApplication.clipboard().setText(found.text)
        ends = ""
        if found.expires_at is not None:
            day = f"{found.expires_at.astimezone():%Y-%m-%d %H:%M}"
            ends = translate(N_("It works until {day}."), day=day)
        self.said.emit(recording_id, translate(N_("Link copied")))
        self.notes.copied(recording_id, place, title, ends)

    def _go(self, _result: object) -> None:
        self._worker.wake()
        self.look()

    def _follow(self, known: Followed) -> None:
        self._is_looking = False
        is_first, before = self._known is None, self._before
        self._before = {each.id: each for each in known.uploads}
        self._known = known
        going = [each for each in known.uploads if is_open(each)]
        self._rate = self._speed.note(sum(each.sent_bytes for each in going))
        for entry in known.uploads:
            if not is_first and before.get(entry.id) != entry:
                self.notes.compare(before.get(entry.id), entry)
            if entry.link is not None:
                self._come(entry)
        self.followed.emit(known)
        if self._is_closed:
            return
        if known.is_moving:
            # One that ended before its time is started anew.
            self._worker.keep_going()
            self._timer.start(_MOVING_MS)
        elif any(each.state == "uploaded" for each in known.uploads):
            self._timer.start(_RESTING_MS)
        if self._looks_again:
            self._looks_again = False
            self.look()

    def _come(self, entry: UploadEntry) -> None:
        """Copy a link that was waited for."""
        wish = self._awaited.pop((entry.recording_id, entry.destination), None)
        if wish is not None:
            work = partial(_link, entry.recording_id, entry.destination)
            self._others.run(work, partial(self._linked, wish), self._tell)

    def _not_followed(self, error: Exception) -> None:
        self._is_looking = self._looks_again = False
        _log.warning("uploads not followed error=%s", error)
        if not self._is_closed:
            self._timer.start(_RESTING_MS)

    def _clipboard_changed(self) -> None:
        self._clips += 1

    def _pressed(self, action: str, recording_id: str, destination: str) -> None:
        acts: dict[str, Callable[[str, str], None]] = {
            "retry": self.retry,
            "keys": self.share,
            "copy": self.copy_link,
            "open": self.open_link,
        }
        if action in acts:
            acts[action](recording_id, destination)

    def _tell(self, error: Exception) -> None:
        self.failed.emit(as_recorder_error(error))

    # In the thread that looks.

    def _looked(self) -> Followed:
        from recorder_app.services.uploading import Follower

        if self._follower is None:
            self._follower = Follower(_FOLLOWED)
        return self._follower.look()

    def _let_go(self) -> None:
        if self._follower is not None:
            self._follower.close()


def _open(link: str) -> None:
    url = QUrl(link) if "://" in link else QUrl.fromLocalFile(link)
    QDesktopServices.openUrl(url)


# The library's packages are loaded in the background thread, with the first of these calls.


def _share(recording_id: str, destination: str | None) -> Answer:
    from recorder_app.services import uploading

    return uploading.share(recording_id, destination)


def _automatic(recording_id: str) -> list[tuple[str, bool]]:
    from recorder_app.services import uploading

    return uploading.automatic(recording_id)


def _link(recording_id: str, destination: str) -> LinkEntry | SecretsWanted:
    from recorder_app.services import uploading

    return uploading.link(recording_id, destination)


def _share_again(recording_id: str, destination: str | None) -> Answer:
    from recorder_app.services import uploading

    return uploading.share_again(recording_id, destination)


def _pause(is_paused: bool) -> None:
    from recorder_app.services import uploading

    uploading.pause(is_paused=is_paused)


def _use_secrets(destination: str, values: dict[str, str]) -> None:
    from recorder_app.services.destinations import use_secrets

    use_secrets(destination, values)
