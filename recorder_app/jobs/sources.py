"""Whether a file is still the one that some work was asked for."""

from __future__ import annotations

from pathlib import Path

import msgspec

from recorder_app.errors import InvalidRequest, SourceChanged
from recorder_app.media.digest import checksum
from recorder_app.media.missing import missing_file
from recorder_app.texts import N_


class SourceStamp(msgspec.Struct, frozen=True):
    """What a file was: its size in bytes and time, and its SHA-256 where that was known."""

    size: int
    modified_ns: int
    sha256: str | None = None

    @classmethod
    def of(cls, path: Path, sha256: str | None = None) -> SourceStamp:
        """Raises UnreadableMedia when there is no such file."""
        try:
            found = path.stat()
        except OSError as error:
            raise missing_file(path) from error
        if not path.is_file():
            raise missing_file(path)
        return cls(found.st_size, found.st_mtime_ns, sha256)

    def check(self, path: Path) -> None:
        """Raise SourceChanged when `path` is another file now, UnreadableMedia when it is gone.

        One that was only copied back, or touched, is read if its checksum is known.
        """
        now = SourceStamp.of(path)
        if (now.size, now.modified_ns) == (self.size, self.modified_ns):
            return
        if now.size != self.size or self.sha256 is None or checksum(path) != self.sha256:
            raise SourceChanged(
                N_("{path} was changed or replaced after the export was asked for."),
                hint=N_("Look at it, and export it again."),
                path=path,
            )


def refuse_source(source: Path, target: Path) -> None:
    """Raise InvalidRequest where `target` is the file that is being exported."""
    try:
        is_same = target.exists() and target.samefile(source)
    except OSError:
        return
    if is_same:
        raise InvalidRequest(
            N_("{path} is the recording itself, which is never changed."),
            hint=N_("Choose another name."),
            path=target,
        )
