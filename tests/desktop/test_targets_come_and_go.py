"""Windows and monitors that move, hide and disappear while they are recorded."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.containers import inspect
from recorder_app.media.geometry import Rect
from tests.conftest import RIGHT
from tests.support.command import Recorder, environment, run, run_json
from tests.support.painting import painted, painter
from tests.support.recordings import barcodes, first_seen

StartTake = Callable[[dict[str, str]], Recorder]
WINDOW = ("--title", "Painted window", "--geometry", "640x360+200+150", "--bar", "512x256+64+32")


@pytest.fixture
def env(own_desktop: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    return environment(own_desktop.environment, home=tmp_path)


def xdotool(env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        ["xdotool", *arguments], env=env, check=True, capture_output=True, text=True, timeout=20
    )
    return done.stdout.strip()


def test_targets_lists_monitors_and_windows(env: dict[str, str]) -> None:
    with painter(env, "barcode", *WINDOW):
        listed = run_json("targets", env=env)
        shown = run("targets", env=env).stdout
    places = {(m["target"], m["x"], m["width"]) for m in listed["monitors"]}
    assert places == {("monitor:1", 0, 1280), ("monitor:2", 1280, 640)}
    (window,) = [w for w in listed["windows"] if w["name"] == "Painted window"]
    assert (window["width"], window["height"]) == (640, 360)
    assert window["target"] in shown
    assert "all monitors" in shown


@pytest.mark.parametrize("by", ["title", "number"])
def test_a_window_is_recorded_by_title_or_number(
    env: dict[str, str], tmp_path: Path, by: str
) -> None:
    output = tmp_path / "take.mp4"
    with painter(env, "barcode", *WINDOW):
        listed = run_json("targets", env=env)["windows"]
        target = "window:painted" if by == "title" else listed[-1]["target"]
        result = run_json(
            *("record", "--target", target, "--duration", "2"),
            *("--format", "mp4", "--output", str(output)),
            env=env,
        )
    assert (result["width"], result["height"]) == (640, 360)
    sightings = barcodes(output, Rect(64, 32, 512, 256))
    assert len({sighting.number for sighting in sightings} - {None}) >= 30


def test_a_window_is_followed_while_it_moves(
    env: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.mp4"
    with painter(env, "barcode", *WINDOW):
        take = start_take(env)
        settings = {"target": "window:painted", "format": "mp4"}
        take.send("start", settings=settings, output=str(output))
        for frames, x, y in ((20, 500, 300), (40, 1500, 20)):
            take.wait_for_frames(frames)
            xdotool(env, "search", "--name", "Painted", "windowmove", str(x), str(y))
        xdotool(env, "search", "--name", "Painted", "windowmove", "300", "200")
        take.wait_for_frames(80)
        take.send("stop")
        assert take.result()["error"] is None
    readable = [s.number is not None for s in barcodes(output, Rect(64, 32, 512, 256))]
    # While it was half off the screen it could not be read.
    assert sum(readable) > len(readable) * 0.6
    assert readable[-1]


def test_a_closed_window_ends_the_take_and_keeps_it(
    env: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.webm"
    take = start_take(env)
    with painter(env, "barcode", *WINDOW):
        take.send("start", settings={"target": "window:painted"}, output=str(output))
        take.wait_for_frames(20)
    finished = take.result()
    assert finished["error"]["code"] == "target_lost"
    assert "closed" in finished["error"]["message"]
    assert finished["result"]["truncated"]
    assert take.exit_code() == 3
    assert inspect(output).duration_s >= 0.9


def test_an_unplugged_monitor_ends_the_take_and_keeps_it(
    own_desktop: VirtualDesktop, env: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.webm"
    take = start_take(env)
    with painter(env, "barcode", "--bar", "256x128+1400+100"):
        take.send("start", settings={"target": "monitor:2"}, output=str(output))
        take.wait_for_frames(20)
        own_desktop.remove_monitor("RIGHT")
        finished = take.result()
    assert finished["error"]["code"] == "target_lost"
    assert "RIGHT" in finished["error"]["message"]
    assert inspect(output).video_frames >= 20


def test_another_monitor_that_comes_or_goes_changes_nothing(
    own_desktop: VirtualDesktop, env: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.mp4"
    take = start_take(env)
    with painter(env, "barcode"):
        take.send("start", settings={"target": "monitor:1", "format": "mp4"}, output=str(output))
        take.wait_for_frames(20)
        own_desktop.remove_monitor("RIGHT")
        take.wait_for_frames(40)
        own_desktop.add_monitor("RIGHT", RIGHT)
        take.wait_for_frames(60)
        take.send("stop")
        finished = take.result()
    assert finished["error"] is None
    assert finished["result"]["width"] == 1280
    assert all(s.number is not None for s in barcodes(output, Rect(64, 64, 512, 256)))


def test_a_display_that_goes_away_ends_the_take_and_keeps_it(
    env: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.webm"
    with VirtualDesktop("1280x720") as doomed:
        doomed_env = env | doomed.environment
        take = start_take(doomed_env)
        with painter(doomed_env, "barcode"):
            take.send("start", settings={"target": "all"}, output=str(output))
            take.wait_for_frames(20)
            doomed.kill_display()
            finished = take.result()
    assert finished["error"]["code"] == "target_lost"
    assert take.exit_code() == 3
    assert inspect(output).video_frames >= 20


def test_without_change_reports_pictures_are_compared(env: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "take.mp4"
    with VirtualDesktop("1280x720", extensions_off=("DAMAGE",)) as plain:
        plain_env = env | plain.environment
        with painter(plain_env, "barcode", "--rate", "10"):
            result = run_json(
                *("record", "--target", "all", "--duration", "3"),
                *("--format", "mp4", "--output", str(output)),
                env=plain_env,
            )
        checks = {c["name"]: c for c in run_json("doctor", env=plain_env)["checks"]}
    assert not checks["change reports"]["works"]
    numbers = [s.number for s in barcodes(output, Rect(64, 64, 512, 256))]
    assert None not in numbers
    assert len(set(numbers)) >= 28
    assert result["frames_unchanged"] > 20
    assert any("pointer" in warning for warning in result["warnings"])


def test_a_hung_display_does_not_hold_ctrl_c_up(
    env: dict[str, str], own_desktop: VirtualDesktop, start_take: StartTake, tmp_path: Path
) -> None:
    take = start_take(env)
    take.wait_for(lambda e: e["type"] == "ready")
    with own_desktop.frozen_display():
        take.send("start", settings={"target": "all"}, output=str(tmp_path))
        take.wait_for_state("preparing")
        # As an impatient person would; signals that come at once count as one.
        for _ in range(20):
            take.signal(signal.SIGINT)
            if take.has_ended(0.2):
                break
        assert take.exit_code() == 130
    assert not list(tmp_path.glob("*.webm"))


def test_a_hidden_window_keeps_its_last_picture(
    env: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.mp4"
    with painter(env, "barcode", *WINDOW):
        take = start_take(env)
        settings = {"target": "window:painted", "format": "mp4"}
        take.send("start", settings=settings, output=str(output))
        take.wait_for_frames(20)
        window = xdotool(env, "search", "--name", "Painted").splitlines()[-1]
        xdotool(env, "windowunmap", "--sync", window)
        hidden = take.wait_for_frames(20)["frames_unchanged"]
        take.wait_for(lambda e: e["type"] == "statistics" and e["frames_unchanged"] > hidden + 40)
        take.send("pause")
        take.send("resume")
        take.wait_for(lambda e: e["type"] == "statistics" and e["frames_unchanged"] > hidden + 60)
        take.send("stop")
        assert take.result()["error"] is None
    assert all(s.number is not None for s in barcodes(output, Rect(64, 32, 512, 256)))


def test_without_the_pointer_pictures_come_as_soon(env: dict[str, str], tmp_path: Path) -> None:
    output, log = tmp_path / "take.mp4", tmp_path / "painted"
    with painter(env, "barcode", "--rate", "7", "--log", str(log)):
        run_json(
            *("record", "--target", "all", "--duration", "4", "--no-cursor"),
            *("--format", "mp4", "--output", str(output)),
            env=env,
        )
    seen, at = first_seen(barcodes(output, Rect(64, 64, 512, 256))), painted(log)
    lags = sorted(seen[number] - at[number] for number in seen)
    # Woken by the change, not by the next look 33 ms later: half of them within 8 ms.
    assert lags[len(lags) // 2] - lags[0] < 0.008
