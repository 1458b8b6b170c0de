"""A folder as a destination: a network share, a synchronised folder, a disk.

A file is copied under a temporary name beside its place, read back, and then renamed: under its
own name nobody ever sees a part of one.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Annotated, Any
from urllib.parse import quote

import msgspec

from recorder_app.errors import (
    ChecksumMismatch,
    InvalidRequest,
    InvalidSettingError,
    PermissionRejected,
    QuotaExceeded,
    RecorderError,
    RemoteNotFound,
    RemoteRejected,
    ShareError,
    Unreachable,
)
from recorder_app.settings.fields import Form, about
from recorder_app.shapes import converted
from recorder_app.share import pasting
from recorder_app.share.body import Window
from recorder_app.share.destination import (
    Check,
    Configuration,
    Finding,
    Item,
    Kind,
    Link,
    LinkKind,
    Network,
    RemoteState,
    RemoteStatus,
    Secrets,
    Ticket,
)
from recorder_app.share.findings import finding
from recorder_app.share.retry import Retry, RetryPolicy
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Identity, Source
from recorder_app.texts import N_

_BLOCK_BYTES = 1 << 20
# As often as a connection is mended by itself; longer, the queue waits.
POLICY = RetryPolicy(first_s=1.0, longest_s=30.0, attempts=6)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_UNFIT = (errno.ENAMETOOLONG, errno.EINVAL, errno.EISDIR, errno.ENOTDIR)


class FolderConfiguration(Configuration, frozen=True, kw_only=True):
    """A folder, and how people reach what is in it."""

    folder: Annotated[
        str,
        about(N_("Folder"), N_("Recordings are copied there. It must exist.")),
        Form(kind="folder"),
    ]
    public_address: Annotated[
        str,
        about(
            N_("Public address"),
            N_(
                "Where people see the folder, such as https://files.example.com/{key}. Without one,"
                " links lead to the file itself."
            ),
        ),
    ] = ""


class _Checkpoint(msgspec.Struct, frozen=True):
    """Of which file a part may be there; how much, the folder tells."""

    identity: Identity


class Folder:
    """A folder as a destination; what its methods do stands in `Destination`.

    A network share that does not answer holds calls up as long as the system lets it: `abort`
    cannot break them.
    """

    def __init__(
        self,
        configuration: FolderConfiguration,
        secrets: Secrets,  # noqa: ARG002
        network: Network | None = None,  # noqa: ARG002
        *,
        policy: RetryPolicy = POLICY,
    ) -> None:
        folder = Path(configuration.folder).expanduser()
        if not configuration.folder or not folder.is_absolute():
            raise InvalidSettingError(
                N_("Name the folder with its full path."),
                hint=N_("It begins with / or a drive."),
                field="folder",
            )
        public = configuration.public_address.rstrip("/")
        self._public = public if "{key}" in public or not public else f"{public}/{{key}}"
        self._folder, self._policy = folder, policy

    def prepare(self, item: Item, *, is_repeated: bool = False) -> Ticket:  # noqa: ARG002
        """Name the copy, which needs no look at the folder: the key keeps it apart from others."""
        name = Path(item.file_name.replace("/", "_"))
        key = item.key.replace("/", "_")
        copy = f"{name.stem} {key}{name.suffix}"
        link = self._public.replace("{key}", quote(copy)) or (self._folder / copy).as_uri()
        return Ticket(remote_id=copy, link=link, title=item.title, media_type=item.media_type)

    def send(self, ticket: Ticket, source: Source, context: SendContext) -> None:
        retry = Retry(self._policy, clock=context.clock)
        self._take_up(ticket, source, context)
        reached = 0
        while True:
            try:
                source.check()
                self._copy(ticket, source, context)
            except ShareError as error:
                context.check()
                there = self._size(self._partial(ticket)) or 0
                if there > reached:
                    reached = there
                    retry.succeeded()
                    context.save(context.checkpoint, there)
                context.wait_after(error, retry.failed(error))
            else:
                context.progress(source.size, source.size)
                return

    def verify(
        self,
        ticket: Ticket,
        source: Source,
        check: Callable[[], None] = lambda: None,  # noqa: ARG002
    ) -> None:
        """Compare the size; the content was read back before the copy got its name."""
        with _told(self._folder):
            self._folder.stat()
            size = self._size(self._folder / ticket.remote_id)
        if size is None:
            raise RemoteNotFound(
                N_("The file is not there."), hint=N_("Upload the recording again.")
            )
        if size != source.size:
            raise _not_the_same()

    def status(self, ticket: Ticket) -> RemoteStatus:
        is_there = self._size(self._folder / ticket.remote_id) is not None
        return RemoteStatus(RemoteState.PLAYABLE if is_there else RemoteState.LINK_MADE)

    def links(self, ticket: Ticket, kind: LinkKind, lifetime_s: int | None = None) -> Link:
        if lifetime_s is not None:
            raise InvalidRequest(
                N_("Links to a folder cannot end."), hint=N_("Make a link that does not end.")
            )
        if kind is LinkKind.PAGE:
            raise InvalidRequest(
                N_("A folder has no play pages."), hint=N_("Take the direct link.")
            )
        text = ticket.link
        if kind is LinkKind.EMBED:
            text = pasting.embed_video(text, ticket.title)
        elif kind is LinkKind.MARKDOWN:
            text = pasting.markdown(text, ticket.title)
        return Link(kind, text)

    def remove(self, ticket: Ticket, checkpoint: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        with _told(self._folder):
            # Of a share that is not mounted nothing is known.
            self._folder.stat()
            for path in (self._partial(ticket), self._folder / ticket.remote_id):
                path.unlink(missing_ok=True)

    def test(self) -> Sequence[Finding]:
        """Write a small file, read it and delete it."""
        # Others may write to a shared folder: a name that nobody can lay a link at, and no file of
        # theirs is opened.
        path = self._folder / f".recorder-test-{token_hex(8)}"
        try:
            with _told(self._folder):
                self._folder.stat()
        except ShareError as error:
            return [Finding(Check.BUCKET, error)]
        try:
            with _told(self._folder):
                with path.open("xb") as file:
                    file.write(b"test")
                path.read_bytes()
                path.unlink()
        except ShareError as error:
            return [Finding(Check.BUCKET), finding(error)]
        return [Finding(Check.BUCKET), Finding(Check.PERMISSION)]

    def abort(self) -> None:
        """Do nothing: a copy looks at its context between two blocks."""

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def _take_up(self, ticket: Ticket, source: Source, context: SendContext) -> None:
        try:
            kept = converted(context.checkpoint, _Checkpoint)
        except msgspec.ValidationError:
            kept = None
        if kept is None or kept.identity != source.identity:
            with contextlib.suppress(ShareError), _told(self._folder):
                self._partial(ticket).unlink(missing_ok=True)
            context.save(msgspec.to_builtins(_Checkpoint(source.identity)))

    def _copy(self, ticket: Ticket, source: Source, context: SendContext) -> None:
        partial, copy = self._partial(ticket), self._folder / ticket.remote_id
        with _told(self._folder):
            # Not made: where a share should be mounted, an empty disk would fill.
            if not self._folder.is_dir():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            if (
                self._size(copy) == source.size
                and _same_bytes(copy, source, context) == source.size
            ):
                partial.unlink(missing_ok=True)
                return
            begin = _same_bytes(partial, source, context) if partial.exists() else 0
            with partial.open("r+b" if partial.exists() else "w+b", buffering=0) as file:
                file.truncate(begin)
                file.seek(begin)
                for block in Window(source, begin, source.size - begin, context):
                    _write(file.fileno(), block)
                os.fsync(file.fileno())
            source.check()
            if _same_bytes(partial, source, context) != source.size:
                raise _not_the_same()
            os.replace(partial, copy)

    def _partial(self, ticket: Ticket) -> Path:
        return self._folder / f".{ticket.remote_id}.part"

    def _size(self, path: Path) -> int | None:
        """Return the bytes of a file, or None where there is none or it cannot be told."""
        try:
            return path.stat().st_size
        except OSError:
            return None


def _write(descriptor: int, block: memoryview) -> None:
    while block:
        block = block[os.write(descriptor, block) :]


def _same_bytes(path: Path, source: Source, context: SendContext) -> int:
    """Return how many bytes of the file at `path` are those of the source, from the beginning.

    In whole blocks where they are not all.
    """
    ours = memoryview(bytearray(_BLOCK_BYTES))
    theirs = memoryview(bytearray(_BLOCK_BYTES))
    same = 0
    with path.open("rb", buffering=0) as file:
        while same < source.size:
            context.check()
            length = min(_BLOCK_BYTES, source.size - same)
            filled = 0
            while filled < length and (read := file.readinto(theirs[filled:length])):
                filled += read
            source.read_into(same, ours[:filled])
            if ours[:filled] != theirs[:filled]:
                return same
            same += filled
            if filled < length:
                return same
        # Something more after the end makes it another file.
        return same if not file.read(1) else 0


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Raise what goes wrong in `folder` as an error of sharing."""
    try:
        yield
    except RecorderError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in _FULL:
            raise QuotaExceeded(
                N_("There is no space left in {path}."),
                hint=N_("Delete something there, or choose another folder."),
                path=folder,
            ) from error
        if error.errno in _FORBIDDEN:
            raise PermissionRejected(
                N_("{path} does not let files be written ({reason})."),
                hint=N_("Check the permissions of the folder."),
                path=folder,
                reason=reason,
            ) from error
        if error.errno in _UNFIT:
            raise RemoteRejected(
                N_("The copy cannot be made in {path} ({reason})."),
                hint=N_("Check the folder, or give the recording a shorter name."),
                path=folder,
                reason=reason,
            ) from error
        raise Unreachable(
            N_("{path} cannot be reached ({reason})."),
            hint=N_("Check that the disk or network share is there. The copy goes on then."),
            path=folder,
            reason=reason,
        ) from error


def _not_the_same() -> ChecksumMismatch:
    return ChecksumMismatch(
        N_("What arrived is not the recording."), hint=N_("Upload the recording again.")
    )


KIND = Kind("folder", N_("Folder or network share"), FolderConfiguration, (), Folder)
