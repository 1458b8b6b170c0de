"""The stored settings of this user, read, changed and told to whoever wants to know."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from recorder_app import paths
from recorder_app.errors import (
    RecorderError,
    SettingsBroken,
    SettingsError,
)
from recorder_app.settings import declaration, document, reading
from recorder_app.settings.areas import Settings
from recorder_app.settings.declaration import AREAS, PRESETS
from recorder_app.settings.reading import MIGRATIONS, SCHEMA_KEY, Loaded, Migration, Table
from recorder_app.settings.stored_file import Signature, StoredFile, unreadable

_log = logging.getLogger(__name__)

FILE_NAME = "settings.toml"


class SettingsStore:
    """The settings in the file `path`, that of this user by default. Thread-safe.

    Nothing that is wrong with the file raises when it is read: `problems` tells it, and the
    defaults stand in. A broken file is set aside at once, unless `keeps_broken`: for who only
    looks, and has no way to say it.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        keeps_broken: bool = False,
        migrations: Sequence[Migration] = MIGRATIONS,
    ) -> None:
        self.path = path or paths.config_folder() / FILE_NAME
        self._file = StoredFile(self.path)
        self._migrations = migrations
        # For a moment only: who asks for `current` never waits for the disk.
        self._lock = threading.Lock()
        # Held while the file is read or written. Taken before the other.
        self._using_file = threading.Lock()
        # Held while subscribers are called, so that the last they hear is the newest.
        self._telling = threading.RLock()
        self._subscribers: list[Callable[[Settings], None]] = []
        self._signature = self._file.signature()
        self._loaded = self._first_read(keeps_broken=keeps_broken)

    @property
    def current(self) -> Settings:
        """The settings now: a snapshot that never changes."""
        with self._lock:
            return self._loaded.settings

    @property
    def problems(self) -> tuple[RecorderError, ...]:
        """What was wrong with the file when it was read last."""
        with self._lock:
            return self._loaded.problems

    def update(self, area: str, /, **changes: Any) -> Settings:
        """Change settings of an area, keep them in the file, and return all.

        Of ``presets`` a change is a name with a Preset, or with None, which takes it away. Raises
        UnknownSettingError, InvalidSettingError, or SettingsError when they cannot be kept.
        """
        values = _as_plain(area, changes)

        def change(table: Table) -> None:
            target = table.get(area)
            if not isinstance(target, dict):
                target = table[area] = {}
            for name, value in values.items():
                if value is None:
                    target.pop(name, None)
                elif isinstance(value, dict) and isinstance(target.get(name), dict):
                    fields = declaration.settings_of(PRESETS)
                    kept = {k: v for k, v in target[name].items() if k not in fields}
                    target[name] = kept | value
                else:
                    target[name] = value

        return self._write(change)

    def reset(self, area: str = "", *names: str) -> Settings:
        """Bring back the defaults of settings, of a whole area, or of all without one.

        Keys that we do not know stay. Raises UnknownSettingError or SettingsError.
        """
        if area and area not in AREAS:
            raise declaration.unknown(area, list(AREAS))
        for name in names:
            if area != PRESETS:
                declaration.setting(f"{area}.{name}")

        def change(table: Table) -> None:
            for each in [area] if area else AREAS:
                target = table.get(each)
                if not isinstance(target, dict):
                    table.pop(each, None)
                    continue
                every = target if each == PRESETS else declaration.settings_of(each)
                for name in names or list(every):
                    target.pop(name, None)

        return self._write(change)

    def subscribe(self, callback: Callable[[Settings], None]) -> Callable[[], None]:
        """Call `callback` with the new settings after each change; return how to end that.

        It is called in the thread that made or found the change, one call at a time.
        """
        with self._telling:
            self._subscribers.append(callback)

        def unsubscribe() -> None:
            with self._telling, contextlib.suppress(ValueError):
                self._subscribers.remove(callback)

        return unsubscribe

    def reload_if_changed(self) -> bool:
        """Read the file if another process or a person changed it; return whether it was.

        A file that is broken now may be one that is being edited: it stays, and so do the settings.
        """
        with self._using_file:
            signature = self._file.signature()
            if signature == self._signature:
                return False
            before = self.current
            try:
                loaded = self._interpret(self._file.content())
            except SettingsBroken as error:
                loaded = Loaded(before, (error,))
            except OSError as error:
                loaded = Loaded(before, (unreadable(self.path, error),))
            self._take(loaded, signature)
        if loaded.settings != before:
            self._tell()
        return True

    def _write(self, change: Callable[[Table], None]) -> Settings:
        schema = {SCHEMA_KEY: reading.schema_of(self._migrations)}
        with self._using_file, self._file.alone():
            former = self.current
            content, before = self._content_to_change()
            if before is None:
                # It was broken and is set aside. What was read before that is not lost.
                content, before, after = b"", {}, schema | reading.as_table(former)
            elif reading.is_too_new(before, self._migrations):
                raise reading.too_new()
            else:
                after = schema | reading.migrated(before, self._migrations)
            change(after)
            loaded = reading.interpreted(after, self._migrations)
            _refuse_new_clash(reading.interpreted(before, self._migrations), loaded)
            if after != before:
                self._file.replace(document.changed(content, before, after))
            self._take(loaded, self._file.signature())
        if loaded.settings != former:
            self._tell()
        return loaded.settings

    def _take(self, loaded: Loaded, signature: Signature) -> None:
        with self._lock:
            self._loaded, self._signature = loaded, signature

    def _tell(self) -> None:
        with self._telling:
            settings = self.current
            for callback in list(self._subscribers):
                try:
                    callback(settings)
                except Exception:
                    # One that fails must not keep the change from the others.
                    _log.exception("a subscriber to the settings failed")

    def _interpret(self, content: bytes) -> Loaded:
        return reading.interpreted(document.parse(content, self.path), self._migrations)

    def _first_read(self, *, keeps_broken: bool) -> Loaded:
        try:
            return self._interpret(self._file.content())
        except OSError as error:
            return Loaded(Settings(), (unreadable(self.path, error),))
        except SettingsBroken as error:
            if keeps_broken:
                return Loaded(Settings(), (error,))
        try:
            # Again, and alone: another process may have put it right, or be about to.
            with self._file.alone():
                try:
                    return self._interpret(self._file.content())
                except SettingsBroken as error:
                    return Loaded(Settings(), (self._file.set_aside(error),))
        except (OSError, SettingsError) as error:
            _log.warning("broken settings not set aside path=%s error=%s", self.path, error)
            problem = error if isinstance(error, SettingsError) else unreadable(self.path, error)
            return Loaded(Settings(), (problem,))

    def _content_to_change(self) -> tuple[bytes, Table | None]:
        try:
            content = self._file.content()
            return content, document.parse(content, self.path)
        except OSError as error:
            raise unreadable(self.path, error) from error
        except SettingsBroken as error:
            _log.warning("%s", self._file.set_aside(error).message)
            return b"", None


def _as_plain(area: str, changes: dict[str, Any]) -> Table:
    """Return checked changes as the file has them; None takes a key away."""
    if area not in AREAS:
        raise declaration.unknown(area, list(AREAS))
    if area != PRESETS:
        return {
            name: declaration.setting(f"{area}.{name}").checked(value)
            for name, value in changes.items()
        }
    plain: Table = {}
    for name, preset in changes.items():
        if preset is None:
            plain[name] = None
            continue
        declaration.checked_preset_name(name)
        plain[name] = {
            field: declaration.preset_setting(name, field).checked(value)
            for field, value in reading.preset_table(preset).items()
        }
    return plain


def _refuse_new_clash(before: Loaded, after: Loaded) -> None:
    """Raise InvalidSettingError when a change takes a shortcut that is taken."""
    known = {problem.details.get("key") for problem in before.problems}
    for problem in after.problems:
        if "other" in problem.details and problem.details["key"] not in known:
            raise problem
