"""A TOML file of this user's that several processes read and write.

Whoever writes does it under a lock file, and onto what is in the file then: a change of another
key made by another process in between stays. Readers need no lock, because the file is replaced as
a whole.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from recorder_app.errors import SettingsBroken, SettingsError, SettingsLocked, StorageError
from recorder_app.texts import N_

# Another writer is done in milliseconds; one that is stopped in the middle must not stop us for
# good.
_LOCK_WAIT_S = 5.0
_LOCK_RETRY_S = 0.01

Signature = tuple[int, int, int] | None


class StoredFile:
    """The file `path` as bytes. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def content(self) -> bytes:
        """Return what is in the file, nothing where there is none. Raises OSError."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""

    def signature(self) -> Signature:
        """Return what changes with the content."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def replace(self, content: bytes) -> None:
        """Write all of it anew. Raises SettingsError."""
        from recorder_app.media.whole_file import replacing

        try:
            # A link stays one: people keep their settings elsewhere and link to them.
            with replacing(Path(os.path.realpath(self.path))) as stream:
                stream.write(content)
        except StorageError as error:
            raise _not_kept(self.path, error.details.get("reason") or error.message) from error

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock file, waiting for it. Raises SettingsLocked and SettingsError."""
        # Only who writes pays for it.
        from recorder_app.system.filelock import file_lock

        lock = self.path.with_name(f".{self.path.name}.lock")
        deadline = time.monotonic() + _LOCK_WAIT_S
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            while True:
                with file_lock(lock) as is_ours:
                    if is_ours:
                        yield
                        return
                if time.monotonic() > deadline:
                    break
                time.sleep(_LOCK_RETRY_S)
        except OSError as error:
            raise _not_kept(self.path, error.strerror or type(error).__name__) from error
        raise SettingsLocked(
            N_("Another program is writing the settings."), hint=N_("Try again in a moment.")
        )

    def set_aside(self, error: SettingsBroken) -> SettingsBroken:
        """Rename a broken file, and return the error that says so; `error` where it stays."""
        aside = self.path.with_name(f"{self.path.name}.broken-{datetime.now():%Y%m%d-%H%M%S}")
        try:
            os.replace(self.path, aside)
        except OSError:
            return error
        return SettingsBroken(
            N_("The settings cannot be read ({reason}); the file is kept as {aside}."),
            hint=N_("The defaults are used. Mend that file and name it {name}, or set them anew."),
            **error.details | {"aside": aside, "name": self.path.name},
        )


def unreadable(path: Path, error: OSError) -> SettingsError:
    """Return the error of a file that cannot be read."""
    return SettingsError(
        N_("The settings in {path} cannot be read ({reason})."),
        hint=N_("The defaults are used. Make the file readable for you."),
        path=path,
        reason=error.strerror or type(error).__name__,
    )


def _not_kept(path: Path, reason: object) -> SettingsError:
    return SettingsError(
        N_("The settings cannot be kept in {path} ({reason})."),
        hint=N_("Make room, or make the folder writable for you, and try again."),
        path=path,
        reason=reason,
    )
