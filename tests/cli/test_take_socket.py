"""``take --listen``: any number of clients, good ones and bad ones, and none."""

from __future__ import annotations

import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from recorder_app.media.containers import inspect
from recorder_app.services import take as take_module
from recorder_app.services.take import Take
from tests.support.command import LIMIT_S, run
from tests.support.take_socket import PATTERN, Client, ListeningTake, listening_take, takes_folder

NOT_REPLIES = ("state", "statistics", "health", "marked", "result")


@pytest.fixture
def take(screenless: dict[str, str]) -> Iterator[ListeningTake]:
    with listening_take(screenless) as started:
        yield started


def told(client: Client) -> list[dict[str, object]]:
    """Return what every client hears alike."""
    return [event for event in client.events if event["type"] in NOT_REPLIES]


def test_all_clients_hear_the_same(take: ListeningTake, tmp_path: Path) -> None:
    with take.client() as one, take.client() as two, take.client() as three:
        clients = (one, two, three)
        for each in clients:
            assert each.snapshot()["state"] == "idle"
        assert "error" not in one.send("start", settings=PATTERN, output=str(tmp_path))
        two.wait_for_frames(5)
        assert "error" not in two.send("mark", text="here")
        assert "error" not in three.send("stop")
        result = one.result()["result"]
        assert all(each.wait_for_end() for each in clients)
        assert told(one) == told(two) == told(three)
        # Replies are for who asked.
        assert [sum(e["type"] == "reply" for e in each.events) for each in clients] == [1, 1, 1]
    assert take.exit_code() == 0
    assert not take.path.exists()
    assert inspect(Path(result["path"])).duration_s == pytest.approx(result["duration_s"], abs=0.05)


def test_a_late_client_finds_it_as_it_is(screenless: dict[str, str], tmp_path: Path) -> None:
    note = {"kind": "area", "rect": [1, 2, 3, 4], "more": {"deep": None}}
    # So that there is something to tell.
    run("settings", "set", "files.folder", "/proc/nowhere", env=screenless)
    with listening_take(screenless) as take, take.client() as first:
        settings = PATTERN | {"target": "synthetic:motion@320x180", "mic": "default"}
        first.send("start", settings=settings, stored_names=True, note=note)
        first.wait_for_frames(10)
        first.send("mark", text="one")
        first.send("mark", text="two")
        first.send("mute")
        first.send("pause")
        with take.client() as late:
            now = late.snapshot()
            kinds = [event["type"] for event in late.events[:2]]
            assert kinds == ["ready", "snapshot"]
        health = [
            {key: value for key, value in event.items() if key != "type"}
            for event in first.events
            if event["type"] == "health"
        ]
        assert now["pid"] == take.process.pid
        assert (now["state"], now["markers"], now["is_muted"]) == ("paused", 2, True)
        assert now["health"][0]["code"] == "folder_unusable"
        assert [{k: v for k, v in e.items() if k != "type"} for e in now["health"]] == health
        assert now["note"] == note
        assert now["target"] == settings["target"]
        assert Path(now["output"]).parent == tmp_path / "Videos"
        assert now["statistics"]["frames_captured"] >= 10
        first.send("unmute")
        first.send("resume")
        with take.client() as late:
            now = late.snapshot()
            assert (now["state"], now["is_muted"]) == ("recording", False)
            late.send("cancel")
            assert late.result()["state"] == "cancelled"


def test_clients_that_are_killed_cost_nothing(take: ListeningTake, tmp_path: Path) -> None:
    code = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); input()"
    with take.client() as lasting:
        lasting.send("start", settings=PATTERN, output=str(tmp_path))
        lasting.wait_for_frames(5)
        process = psutil.Process(take.process.pid)
        before = process.num_threads(), process.num_fds()
        for _ in range(5):
            with subprocess.Popen(
                [sys.executable, "-I", "-c", code, str(take.path)], stdin=subprocess.PIPE
            ) as client:
                time.sleep(0.1)
                client.kill()
        for _ in range(30):
            take.client(is_deaf=True).close()
        until = time.monotonic() + LIMIT_S
        while (process.num_threads(), process.num_fds()) != before:
            assert time.monotonic() < until, "threads or files of dead clients are left"
            time.sleep(0.1)
        lasting.send("stop")
        assert lasting.result()["error"] is None


def test_a_client_that_never_reads_holds_nothing_up(
    screenless: dict[str, str], tmp_path: Path
) -> None:
    with listening_take(screenless) as take, take.client() as good:
        deaf = [take.client(is_deaf=True) for _ in range(3)]
        good.send("start", settings=PATTERN, output=str(tmp_path))
        good.wait_for_frames(5)
        for each in deaf:
            # More answers than the socket and the queue have room for.
            each.write('{"command": "dance"}\n' * 5000)
        good.wait_for_frames(30)
        assert "error" not in good.send("stop")
        assert good.result()["error"] is None
        # All of them together are waited for, not one after the other.
        assert take.has_ended(within_s=25)
        for each in deaf:
            each.close()


def test_the_last_client_takes_an_idle_process_along(take: ListeningTake) -> None:
    with take.client() as one:
        with take.client() as two:
            two.snapshot()
        one.snapshot()
        assert not take.has_ended(within_s=0.5)
    assert take.exit_code() == 0
    assert not take.path.exists()


def test_the_last_client_leaves_a_take_going_on(take: ListeningTake, tmp_path: Path) -> None:
    with take.client() as one:
        one.send("start", settings=PATTERN, output=str(tmp_path))
        one.wait_for_frames(5)
    assert not take.has_ended(within_s=1)
    with take.client() as other:
        assert other.snapshot()["state"] == "recording"
        other.send("stop")
        assert other.result()["error"] is None
    assert take.exit_code() == 0


def test_a_process_that_nobody_speaks_to_ends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(take_module, "_LONELY_S", 0.3)
    served: queue.SimpleQueue[int] = queue.SimpleQueue()
    lonely = Take()
    lonely.listen(tmp_path / "lonely.sock")
    threading.Thread(target=lambda: served.put(lonely.serve()), daemon=True).start()
    assert served.get(timeout=LIMIT_S) == 0
    assert not (tmp_path / "lonely.sock").exists()


def test_a_process_that_was_spoken_to_waits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(take_module, "_LONELY_S", 0.3)
    served: queue.SimpleQueue[int] = queue.SimpleQueue()
    kept = Take()
    kept.listen(tmp_path / "kept.sock")
    with Client(tmp_path / "kept.sock") as client:
        threading.Thread(target=lambda: served.put(kept.serve()), daemon=True).start()
        client.snapshot()
        with pytest.raises(queue.Empty):
            served.get(timeout=1)
    assert served.get(timeout=LIMIT_S) == 0


def test_sigterm_stops_a_take_and_the_file_is_whole(take: ListeningTake, tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    with take.client() as client:
        client.send("start", settings=PATTERN, output=str(output))
        client.wait_for_frames(20)
        take.process.send_signal(signal.SIGTERM)
        result = client.result()["result"]
        assert not result["truncated"]
    assert take.exit_code() == 0
    assert inspect(output).duration_s == pytest.approx(result["duration_s"], abs=0.05)


def test_sigterm_ends_an_idle_process_and_leaves_no_socket(take: ListeningTake) -> None:
    with take.client() as client:
        client.snapshot()
        take.process.send_signal(signal.SIGTERM)
        take.exit_code()
    assert not take.path.exists()


def test_of_two_starts_at_once_one_is_refused(take: ListeningTake, tmp_path: Path) -> None:
    with take.client() as one, take.client() as two:
        for each in (one, two):
            each.snapshot()
        for each in (one, two):
            each.ask("start", settings=PATTERN, output=str(tmp_path))
        replies = [each.wait_for(lambda e: e["type"] == "reply") for each in (one, two)]
        refused = [reply["error"]["code"] for reply in replies if "error" in reply]
        assert refused == ["invalid_state"]
        one.wait_for_frames(5)
        two.send("stop")
        assert one.result()["error"] is None
    assert len(list(tmp_path.glob("*.webm"))) == 1


def test_begin_cuts_the_countdown_short(take: ListeningTake, tmp_path: Path) -> None:
    with take.client() as client:
        assert client.send("begin")["error"]["code"] == "invalid_state"
        client.send("start", settings=PATTERN | {"delay": 10}, output=str(tmp_path))
        client.wait_for_state("countdown")
        with take.client() as late:
            assert late.snapshot()["state"] == "countdown"
            assert late.snapshot()["seconds_left"] > 0
        assert "error" not in client.send("begin")
        client.wait_for_frames(2)
        counts = [e["seconds_left"] for e in client.events if e.get("state") == "countdown"]
        assert min(counts) > 5
        assert client.send("begin")["error"]["code"] == "invalid_state"
        client.send("cancel")


@pytest.mark.parametrize(
    "line",
    ["nonsense", "[]", "{}", "7", '{"command": 3}', '{"command": "stop", "id": "x"}', "\x00", ""],
)
def test_what_is_no_command_is_refused_and_the_next_is_obeyed(
    take: ListeningTake, line: str
) -> None:
    with take.client() as client:
        client.write(f"{line}\n")
        reply = client.wait_for(lambda e: e["type"] == "reply")
        assert reply["error"]["code"] == "invalid_request"
        assert client.send("stop")["error"]["code"] == "invalid_state"


def test_a_line_without_end_is_refused_and_not_kept(take: ListeningTake) -> None:
    with take.client() as client:
        client.snapshot()
        process = psutil.Process(take.process.pid)
        before = process.memory_info().rss
        client.write("x" * 1_500_000)
        reply = client.wait_for(lambda e: e["type"] == "reply")
        assert "too long" in reply["error"]["message"]
        for _ in range(40):
            client.write("x" * 1_000_000)
        assert process.memory_info().rss - before < 30_000_000
        client.write("\n")
        assert client.send("stop")["error"]["code"] == "invalid_state"
        assert sum(e["type"] == "reply" for e in client.events) == 2


def test_half_a_line_and_then_nobody_is_no_command(take: ListeningTake, tmp_path: Path) -> None:
    with take.client() as client:
        client.send("start", settings=PATTERN, output=str(tmp_path))
        client.wait_for_frames(2)
        with take.client() as half:
            half.write('{"command": "can')
        with take.client() as half:
            half.write('{"command": "can')
            half.socket.shutdown(socket.SHUT_WR)
            assert half.wait_for(lambda e: e["type"] == "reply")["error"]
            # Who says no more is let go.
            assert half.wait_for_end()
        # In pieces it is one.
        with take.client() as slow:
            for piece in ('{"comm', 'and": "st', 'op", "id": 4}', "\n"):
                slow.write(piece)
                time.sleep(0.05)
            reply = slow.wait_for(lambda e: e["type"] == "reply")
            assert reply["id"] == 4
            assert "error" not in reply
        assert client.result()["error"] is None


def test_without_a_runtime_folder_one_is_made(screenless: dict[str, str]) -> None:
    folder = Path(screenless["XDG_RUNTIME_DIR"])
    folder.rmdir()
    with listening_take(screenless) as take, take.client() as client:
        assert client.snapshot()["state"] == "idle"


@pytest.mark.parametrize("blocked", ["recorder-app", "takes"])
def test_a_file_in_the_folder_s_place_is_told_on_one_line(
    screenless: dict[str, str], blocked: str
) -> None:
    folder = takes_folder(screenless)
    path = next(each for each in (folder, *folder.parents) if each.name == blocked)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    done = run("take", "--listen", env=screenless)
    assert done.returncode == 5, done.stderr
    (line,) = done.stderr.splitlines()
    assert str(folder) in line
    assert "log in anew" in line
    assert path.is_file()


def test_a_folder_that_cannot_be_written_is_told_on_one_line(screenless: dict[str, str]) -> None:
    # Nobody may write there, root included.
    takes_folder(screenless).parent.symlink_to("/proc/self")
    done = run("take", "--listen", env=screenless)
    assert done.returncode == 5, done.stderr
    (line,) = done.stderr.splitlines()
    assert "cannot be used" in line


def test_it_is_named_and_put_as_the_settings_say(
    screenless: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "my takes"
    for name, value in (("files.folder", str(folder)), ("files.name", "Lesson {time}")):
        assert run("settings", "set", name, value, env=screenless).returncode == 0
    with listening_take(screenless) as take, take.client() as client:
        client.send("start", settings=PATTERN, stored_names=True)
        client.wait_for_frames(5)
        client.send("stop")
        result = client.result()["result"]
    path = Path(result["path"])
    assert path.parent == folder
    assert path.name.startswith("Lesson ")


def test_a_folder_of_the_settings_that_is_gone_is_told_and_done_without(
    screenless: dict[str, str], tmp_path: Path
) -> None:
    run("settings", "set", "files.folder", "/proc/nowhere", env=screenless)
    with listening_take(screenless) as take, take.client() as client:
        assert "error" not in client.send("start", settings=PATTERN, stored_names=True)
        health = client.wait_for(lambda e: e["type"] == "health")
        assert (health["code"], health["severity"]) == ("folder_unusable", "warning")
        assert "/proc/nowhere" in health["message"]
        client.wait_for_frames(5)
        client.send("stop")
        assert Path(client.result()["result"]["path"]).parent == tmp_path / "Videos"
