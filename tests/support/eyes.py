"""What a person sees of a program's windows, as a screen reader is told it (AT-SPI)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder_app.media.geometry import Rect
from tests.support.hands import LIMIT_S, wait_until

# The bindings belong to the system's Python, not to a virtual environment.
_READER = ("/usr/bin/python3", str(Path(__file__).with_name("atspi_tree.py")))


@dataclass(frozen=True, slots=True)
class Widget:
    """One node of the tree. `rect` is on the desktop, in pixels; roles are AT-SPI's words."""

    role: str
    name: str
    description: str
    text: str
    rect: Rect
    states: frozenset[str]
    actions: tuple[str, ...]
    children: tuple[Widget, ...]

    def __iter__(self) -> Iterator[Widget]:
        """Yield this widget and everything in it."""
        yield self
        for child in self.children:
            yield from child

    @property
    def is_showing(self) -> bool:
        return "showing" in self.states

    @property
    def is_enabled(self) -> bool:
        return "enabled" in self.states

    @property
    def is_checked(self) -> bool:
        return "checked" in self.states

    def all(self, role: str = "", name: str = "") -> list[Widget]:
        """Return the showing widgets in this one with that role and exactly that name."""
        return [
            one
            for one in self
            if one.is_showing and role in ("", one.role) and name in ("", one.name)
        ]


class Eyes:
    """Looks at the program `application` (its name or process number) on the desktop `env`."""

    def __init__(self, env: Mapping[str, str], application: str | int) -> None:
        self._env, self._application = env, str(application)

    def look(self) -> Widget | None:
        """Return the tree of the program as it is now; None when it is not there."""
        done = self._read()
        return _widget(json.loads(done.stdout)) if done.returncode == 0 else None

    def find(self, role: str = "", name: str = "", limit_s: float = LIMIT_S) -> Widget:
        """Return the first showing widget with that role and name, waiting until it stands still.

        What has just appeared is moved by its window yet, and a click would miss it.
        """
        before: Widget | None = None

        def look() -> Widget | None:
            nonlocal before
            tree = self.look()
            found = next(iter(tree.all(role, name)), None) if tree is not None else None
            was_at, before = before and before.rect, found
            return found if found is not None and found.rect == was_at else None

        found = wait_until(look, limit_s)
        assert found is not None
        return found

    def answers_in_s(self) -> float:
        """Return how long the program takes to say where its window is: whether it hangs."""
        done = self._read("--ask")
        assert done.returncode == 0, done.stderr or "it does not answer"
        return float(done.stdout)

    def press(self, role: str, name: str) -> None:
        """Do the first action of a widget (press, toggle), as a screen reader would."""
        done = self._read("--press", role, name)
        assert done.returncode == 0, f"{role} {name!r}: {done.stderr or 'it is not there'}"

    def write(self, role: str, name: str, text: str) -> None:
        """Replace what is in a field."""
        done = self._read("--text", role, name, text)
        assert done.returncode == 0, f"{role} {name!r}: {done.stderr or 'it is not there'}"

    def _read(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*_READER, self._application, *arguments],
            env=dict(self._env),
            capture_output=True,
            text=True,
            timeout=2 * LIMIT_S,
            check=False,
        )


def _widget(found: dict[str, Any]) -> Widget:
    return Widget(
        found["role"],
        found["name"],
        found["description"],
        found["text"],
        Rect(*found["rect"]),
        frozenset(found["states"]),
        tuple(found["actions"]),
        tuple(_widget(child) for child in found["children"]),
    )
