"""A keyring in memory, for what is tested in one process; those of systems are in tests/desktop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import keyring
import keyring.backend
import keyring.backends.fail


class MemoryRing(keyring.backend.KeyringBackend):
    """Keeps secrets until it is gone; while it is not `answering`, every call waits."""

    priority: ClassVar[float] = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.answering = threading.Event()
        self.answering.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.answering.wait(60)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.answering.wait(60)
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.answering.wait(60)
        del self.kept[service, username]


@contextmanager
def system_keyring(ring: keyring.backend.KeyringBackend) -> Iterator[None]:
    """Have `ring` be the system's keyring meanwhile."""
    before = keyring.get_keyring()
    keyring.set_keyring(ring)
    try:
        yield
    finally:
        keyring.set_keyring(before)


def no_keyring() -> keyring.backend.KeyringBackend:
    """Return what a system without a keyring has."""
    return keyring.backends.fail.Keyring()  # type: ignore[no-untyped-call]
