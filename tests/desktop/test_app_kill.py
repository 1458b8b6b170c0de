"""The app is killed, or is not there: takes go on, and the command line says what there is."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.probe import probe
from tests.support import notifications
from tests.support.app import RunningApp, end_all, own_processes, running_app
from tests.support.command import environment, run, run_json
from tests.support.hands import wait_until

# A process that nobody speaks to ends after 30 s.
ALONE_S = 40.0


@pytest.fixture
def env(full_desktop: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    return environment(full_desktop.environment, home=tmp_path)


def test_a_take_goes_on_without_its_app(env: dict[str, str]) -> None:
    with running_app(env) as app:
        app.click_icon()
        app.wait_for("recording")
        app.wait_for_seconds(1)
        app.kill()
        now = app.status()
        assert (now["app"], now["state"]) == (False, "recording")
        assert app.command("mark", "Alone").returncode == 0
        app.wait_for_seconds(now["elapsed_s"] + 1)
        done = run_json("stop", env=env)
        assert done["app"] is False
        assert probe(Path(done["path"])).duration_s >= now["elapsed_s"] + 0.5
        assert app.command("status").returncode == 2
        wait_until(lambda: not own_processes(env))
        assert [one["path"] for one in app.recordings()] == [done["path"]]


def test_a_new_app_finds_the_take_of_the_one_before(env: dict[str, str]) -> None:
    with running_app(env) as first:
        first.click_icon()
        first.wait_for("recording")
        first.wait_for_seconds(1)
        first.kill()
        before = first.status()
        assert Path(before["path"]).exists()
        with running_app(env) as second:
            now = second.wait_for("recording")
            assert now["app"] is True
            wait_until(lambda: second.status()["elapsed_s"] >= before["elapsed_s"])
            second.wait_for_seconds(before["elapsed_s"] + 1)
            # Its bar is there as well, and the menu knows it.
            second.press("push button", "Stop")
            path = second.wait_for_file()
            assert str(path) == before["path"]
            assert probe(path).duration_s >= before["elapsed_s"] + 1
            wait_until(lambda: len(second.recordings()) == 1)


def test_a_take_that_is_killed_is_whole_again_in_the_library(
    env: dict[str, str], full_desktop: VirtualDesktop
) -> None:
    with running_app(env) as app:
        begin_take(app)
        # As a lack of memory would.
        for each in app.others():
            each.kill()
        check_recovered(app, full_desktop)


def test_what_was_cut_short_with_the_app_is_whole_again_at_its_start(
    env: dict[str, str], full_desktop: VirtualDesktop
) -> None:
    with running_app(env) as first:
        begin_take(first)
        first.kill()
        end_all(env)
    with running_app(env) as second:
        check_recovered(second, full_desktop)


def begin_take(app: RunningApp) -> None:
    """Record by a click on the icon; return when something is in the file."""
    app.click_icon()
    app.wait_for("recording")
    app.wait_for_seconds(2)


def check_recovered(app: RunningApp, desktop: VirtualDesktop) -> None:
    [path] = Path(app.env["HOME"]).glob("Videos/*.webm")
    title = "A recording that was cut short is whole again"
    told = f"{path.stem}\n"
    wait_until(
        lambda: [
            each
            for each in notifications.shown(desktop)
            if each.title == title and each.body.startswith(told)
        ]
    )
    # Only now: the command would have recovered it itself.
    [found] = app.recordings()
    assert (found["path"], found["status"]) == (str(path), "recovered")
    assert probe(path).duration_s >= 1


@pytest.mark.timeout(180)
def test_nothing_stays_of_an_app_that_was_killed_while_idle(env: dict[str, str]) -> None:
    with running_app(env) as app:
        # The process that waits for the next take is there.
        wait_until(app.others)
        app.kill()
        started = time.monotonic()
        wait_until(lambda: not own_processes(env), ALONE_S)
        assert time.monotonic() - started < ALONE_S
        # What it left behind keeps nobody from starting anew.
        with running_app(env) as second:
            assert second.status()["state"] == "idle"


def test_commands_without_an_app(env: dict[str, str]) -> None:
    for verb in ("stop", "start", "status", "pause", "toggle"):
        done = run(verb, env=env)
        assert done.returncode == 2, verb
        assert "Recorder is not running." in done.stderr
        assert len(done.stderr.splitlines()) == 1
    wrong = run("start", "nonsense", env=env)
    assert wrong.returncode == 2
    assert "nonsense" in wrong.stderr
    assert not own_processes(env)


def test_commands_that_cannot_be_now(env: dict[str, str]) -> None:
    with running_app(env) as app:
        for verb in ("stop", "pause", "resume", "cancel", "mark", "mute"):
            done = app.command(verb)
            assert done.returncode == 2, (verb, done.stderr)
            assert "idle" in done.stderr
        assert app.command("start").returncode == 0
        assert app.command("start").returncode == 2
        app.wait_for_seconds(1)
        # There is no microphone in this take.
        muted = app.command("mute")
        assert muted.returncode == 2, muted.stdout
        assert "microphone" in muted.stderr
        assert app.status()["is_muted"] is False
        assert probe(app.stop()).duration_s >= 1
