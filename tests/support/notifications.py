"""What a person sees of notifications: dunst's own list, and a click on one of their buttons."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

from installers.virtual_desktop import VirtualDesktop
from tests.support.hands import LIMIT_S, wait_until


@dataclass(frozen=True, slots=True)
class Shown:
    """A notification that was shown. `body` is as it was sent, with its markup."""

    number: int
    program: str
    title: str
    body: str
    urgency: str
    actions: dict[str, str]


def shown(desktop: VirtualDesktop) -> list[Shown]:
    """Return every notification that was shown on `desktop`, the oldest first."""
    log = desktop.notifications_log.read_text(errors="replace")
    return [_one(entry) for entry in re.split(r"^{\n", log, flags=re.MULTILINE)[1:]
            if "\n}\n" in entry]  # fmt: skip


def wait_for(desktop: VirtualDesktop, title: str) -> Shown:
    """Return the notification with that title that was shown last, waiting for it."""
    return wait_until(lambda: [one for one in shown(desktop) if one.title == title])[-1]


def dunstctl(desktop: VirtualDesktop, *arguments: str) -> str:
    """Do to the notifications what a person would: ``action 0``, ``close``, ``is-paused``."""
    done = subprocess.run(
        ["dunstctl", *arguments],
        env=desktop.environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    return done.stdout.strip()


def _one(entry: str) -> Shown:
    def field(name: str, until: str) -> str:
        found = re.search(rf"^\t{name}: '(.*?)'\n\t{until}: ", entry, re.DOTALL | re.MULTILINE)
        assert found is not None, entry
        return found[1]

    number = re.search(r"^\tid: (\d+)$", entry, re.MULTILINE)
    urgency = re.search(r"^\turgency: (\w+)$", entry, re.MULTILINE)
    assert number is not None, entry
    assert urgency is not None, entry
    actions = re.findall(r'^\t\t"(.*?)": "(.*?)"$', entry, re.MULTILINE)
    return Shown(
        int(number[1]),
        field("appname", "summary"),
        field("summary", "body"),
        field("body", "icon"),
        urgency[1].lower(),
        dict(actions),
    )
