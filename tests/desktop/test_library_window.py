"""The library window on a real desktop, by pointer, keyboard and what a screen reader sees."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from tests.support.command import LIMIT_S, environment, run
from tests.support.dragging import other_program
from tests.support.eyes import Eyes
from tests.support.hands import Hands, wait_until
from tests.support.media import make

TITLE = "Kubernetes rollout explained"


@pytest.fixture
def env(full_desktop: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    return environment(full_desktop.environment, home=tmp_path)


@pytest.fixture
def window(env: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.support.library_window", "window", "80"]
    program = subprocess.Popen(command, env=dict(env), stdout=subprocess.PIPE, text=True)
    yield program
    program.terminate()
    program.wait(LIMIT_S)
    assert program.stdout is not None
    program.stdout.close()


def test_found_by_a_typo_renamed_deleted_and_back(
    env: Mapping[str, str], window: subprocess.Popen[str]
) -> None:
    hands, eyes = Hands(env), Eyes(env, window.pid)
    hands.focus(hands.window("Library"))
    # Renamed where it stands: the keyboard is on the recordings.
    hands.key("Home", "F2")
    hands.key("ctrl+a")
    hands.type(TITLE)
    hands.key("Return")
    wait_until(lambda: TITLE in run("list", "--limit", "5", env=env).stdout)
    # Found by a typo, and heard.
    hands.key("ctrl+f")
    hands.type("kuberntes")
    wait_until(lambda: _heard(eyes, TITLE))
    # Deleted with the keyboard, and back with Undo.
    hands.key("Down", "Delete")
    wait_until(lambda: TITLE in run("list", "--deleted", env=env).stdout)
    eyes.press("push button", "Undo")
    wait_until(lambda: TITLE not in run("list", "--deleted", env=env).stdout)


def test_a_file_that_is_dropped_onto_the_search_is_imported(
    env: Mapping[str, str], window: subprocess.Popen[str], tmp_path: Path
) -> None:
    hands, eyes = Hands(env), Eyes(env, window.pid)
    hands.focus(hands.window("Library"))
    file = make(tmp_path / "holiday.mp4")
    field = eyes.find("text", "Search")
    middle = (field.rect.x + field.rect.width // 2, field.rect.y + field.rect.height // 2)
    with other_program(env, (20, 20), file) as files:
        hands.drag(files.middle, middle, until=lambda: files.has_told("taken"))
        wait_until(lambda: "holiday" in run("list", "--limit", "5", env=env).stdout)
    assert not eyes.find("text", "Search").text


def _heard(eyes: Eyes, text: str) -> bool:
    """Return whether a recording that begins with `text` is told to a screen reader."""
    seen = eyes.look()
    return seen is not None and any(each.name.startswith(f"{text}, ") for each in seen)
