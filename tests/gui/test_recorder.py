"""Takes as the app makes them, with real processes; and the commands that the app takes."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from recorder_app import paths
from recorder_app.errors import AlreadyRunning, InvalidRequest, InvalidStateError, NotRunning
from recorder_app.media.containers import inspect
from recorder_app.pipeline.events import ErrorReport, Finished, RecordingState
from recorder_app.services.remote import Status, send
from recorder_app.services.take_messages import TakeCommand
from recorder_app.settings import RecordingSettings
from recorder_app.system import local_socket
from recorder_app.ui.command_server import Answer, CommandServer
from recorder_app.ui.recorder import Recorder, TakeRequest
from recorder_app.ui.take_link import TakeLink
from recorder_app.ui.take_view import AppState
from tests.support.command import LIMIT_S, environment

LIMIT_MS = LIMIT_S * 1000
# A microphone that is not there is silent, and can be muted.
PATTERN = RecordingSettings(target="synthetic:pattern@320x180", mic="default", system_audio=False)
REQUEST = TakeRequest(PATTERN, "screen", (1, 2, 320, 180))


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """These tests and the processes they start have a home of their own."""
    env = environment(home=tmp_path)
    for name in set(os.environ) - set(env):
        monkeypatch.delenv(name)
    for name, value in env.items():
        monkeypatch.setenv(name, value)


class Heard:
    """A recorder with everything it has told."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.states: list[AppState] = []
        self.finished: list[Finished] = []
        self.failed: list[ErrorReport] = []
        self.entered: list[str] = []
        self.recorder.changed.connect(self._note)
        self.recorder.finished.connect(self.finished.append)
        self.recorder.failed.connect(self.failed.append)
        self.recorder.entered.connect(self.entered.append)

    @property
    def state(self) -> AppState:
        return self.recorder.view.state

    def is_idle(self) -> bool:
        return not self.state.is_taking

    def _note(self, _view: object) -> None:
        if self.states[-1:] != [self.state]:
            self.states.append(self.state)


Make = Callable[[], Heard]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Make]:
    made: list[Heard] = []

    def new() -> Heard:
        made.append(Heard())
        return made[-1]

    yield new
    for each in made:
        if each.state.is_taking:
            each.recorder.cancel()
            qtbot.waitUntil(each.is_idle, timeout=LIMIT_MS)
        each.recorder.close()
        each.recorder.deleteLater()
    # Processes end with their clients; none may outlive its folder.
    qtbot.waitUntil(lambda: not pids(), timeout=LIMIT_MS)


def pids() -> list[int]:
    return [int(path.stem) for path in paths.takes_folder().glob("*.sock")]


def start(heard: Heard, qtbot: QtBot) -> None:
    heard.recorder.start(REQUEST)
    recording(heard, qtbot)


def recording(heard: Heard, qtbot: QtBot) -> None:
    """Wait until there is something to keep."""

    def has_something() -> bool:
        return heard.state is AppState.RECORDING and heard.recorder.view.elapsed_s > 0.4

    qtbot.waitUntil(has_something, timeout=LIMIT_MS)


def until(qtbot: QtBot, wanted: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(wanted()), timeout=LIMIT_MS)


def test_a_take_from_start_to_library(make: Make, qtbot: QtBot) -> None:
    heard = make()
    heard.recorder.start(REQUEST)
    assert heard.state is AppState.PREPARING
    assert heard.recorder.view.rect == REQUEST.rect
    with pytest.raises(InvalidStateError):
        heard.recorder.start(REQUEST)
    recording(heard, qtbot)
    heard.recorder.mark("here")
    heard.recorder.pause()
    until(qtbot, lambda: heard.state is AppState.PAUSED)
    assert heard.recorder.view.markers == 1
    heard.recorder.mute(True)
    until(qtbot, lambda: heard.recorder.view.is_muted)
    heard.recorder.resume()
    until(qtbot, lambda: heard.state is AppState.RECORDING)
    heard.recorder.stop()
    until(qtbot, lambda: heard.entered)
    (finished,) = heard.finished
    assert finished.result is not None
    assert heard.entered == [finished.result.recording_id]
    assert inspect(Path(finished.result.path)).duration_s > 0.4
    states = [AppState.PREPARING, AppState.RECORDING, AppState.PAUSED, AppState.RECORDING]
    assert heard.states == [*states, AppState.FINISHING, AppState.IDLE]
    assert not heard.failed


def test_the_next_take_need_not_wait_for_the_library(make: Make, qtbot: QtBot) -> None:
    heard = make()
    start(heard, qtbot)
    heard.recorder.stop()
    until(qtbot, lambda: heard.finished)
    assert not heard.entered
    start(heard, qtbot)
    heard.recorder.stop()
    until(qtbot, lambda: len(heard.entered) == 2)
    ids = {each.result.recording_id for each in heard.finished if each.result is not None}
    assert set(heard.entered) == ids
    assert len(ids) == 2


def test_a_refused_start_leaves_it_idle(make: Make, qtbot: QtBot) -> None:
    heard = make()
    wrong = RecordingSettings(target="synthetic:moon")
    heard.recorder.start(TakeRequest(wrong, "screen"))
    until(qtbot, lambda: heard.failed)
    assert heard.failed[0].code == "invalid_request"
    assert heard.state is AppState.IDLE
    with pytest.raises(InvalidStateError):
        heard.recorder.stop()
    start(heard, qtbot)
    assert len(heard.failed) == 1


def test_a_killed_process_is_told_and_the_next_start_works(make: Make, qtbot: QtBot) -> None:
    heard = make()
    start(heard, qtbot)
    (pid,) = pids()
    os.kill(pid, signal.SIGKILL)
    until(qtbot, lambda: heard.failed)
    assert "unexpectedly" in heard.failed[0].message
    assert heard.state is AppState.IDLE
    assert not heard.finished
    start(heard, qtbot)
    heard.recorder.stop()
    until(qtbot, lambda: heard.finished)
    # The dead one's is removed by the next app.
    (paths.takes_folder() / f"{pid}.sock").unlink()


def test_a_killed_warm_process_is_replaced(make: Make, qtbot: QtBot) -> None:
    heard = make()
    heard.recorder.warm_up()
    until(qtbot, pids)
    (pid,) = pids()
    time.sleep(0.2)
    os.kill(pid, signal.SIGKILL)
    qtbot.wait(500)
    (paths.takes_folder() / f"{pid}.sock").unlink()
    start(heard, qtbot)
    assert not heard.failed
    assert pid not in pids()


def test_a_process_that_is_not_ready_yet_is_not_left_behind(make: Make, qtbot: QtBot) -> None:
    heard = make()
    heard.recorder.warm_up()
    (process,) = [link.process for link in heard.recorder.findChildren(TakeLink)]
    assert process is not None
    heard.recorder.close()
    until(qtbot, lambda: process.poll() is not None)


def test_a_restart_keeps_nothing_and_begins_anew(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    heard = make()
    start(heard, qtbot)
    (first,) = pids()
    heard.recorder.restart()
    until(qtbot, lambda: heard.finished)
    assert heard.finished[0].state is RecordingState.CANCELLED
    until(qtbot, lambda: heard.state is AppState.RECORDING)
    assert first not in pids()
    assert heard.recorder.view.rect == REQUEST.rect
    recording(heard, qtbot)
    heard.recorder.stop()
    until(qtbot, lambda: len(heard.finished) == 2)
    assert len(list((tmp_path / "Videos").glob("*.webm"))) == 1
    assert not heard.failed


def test_a_long_take_goes_on_in_a_new_file(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    heard = make()
    heard.recorder.start(replace(REQUEST, split_s=2.0))
    qtbot.waitUntil(lambda: len(heard.entered) == 2, timeout=LIMIT_MS)
    # The time shown is that of the whole.
    assert heard.recorder.view.elapsed_s >= 3
    assert heard.state is AppState.RECORDING
    heard.recorder.stop()
    qtbot.waitUntil(lambda: len(heard.entered) == 3, timeout=LIMIT_MS)
    lengths = [inspect(path).duration_s for path in sorted((tmp_path / "Videos").glob("*.webm"))]
    assert len(lengths) == 3
    # Nothing is missing in between: the next part records before the one before it stops.
    assert all(length >= 2 for length in lengths[:2])
    assert heard.failed == []


def test_a_new_file_that_cannot_be_begun_costs_nothing(
    make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = make()
    silent = msgspec.structs.replace(PATTERN, mic="none")
    heard.recorder.start(replace(REQUEST, settings=silent, split_s=1.0))
    qtbot.waitUntil(lambda: heard.state is AppState.RECORDING, timeout=LIMIT_MS)
    monkeypatch.setenv("RECORDER_APP_FAULTS", "encoder.open.libvpx-vp9=eio,encoder.open.libvpx=eio")
    qtbot.waitUntil(lambda: heard.recorder.view.warning is not None, timeout=LIMIT_MS)
    warning = heard.recorder.view.warning
    assert warning is not None
    assert warning.code == "not_split"
    elapsed_s = heard.recorder.view.elapsed_s
    qtbot.waitUntil(lambda: heard.recorder.view.elapsed_s > elapsed_s + 1, timeout=LIMIT_MS)
    heard.recorder.stop()
    qtbot.waitUntil(lambda: bool(heard.finished), timeout=LIMIT_MS)
    assert heard.finished[0].result is not None
    assert heard.finished[0].result.duration_s >= 2


def test_the_countdown_is_skipped(make: Make, qtbot: QtBot) -> None:
    heard = make()
    slow = RecordingSettings(target="synthetic:pattern@320x180", system_audio=False, delay=10)
    heard.recorder.start(TakeRequest(slow, "screen"))
    until(qtbot, lambda: heard.state is AppState.COUNTDOWN)
    assert heard.recorder.view.seconds_left > 5
    heard.recorder.skip_countdown()
    recording(heard, qtbot)


def test_the_next_app_finds_the_take(make: Make, qtbot: QtBot) -> None:
    first, second = make(), make()
    start(first, qtbot)
    first.recorder.mark()
    first.recorder.mute(True)
    until(qtbot, lambda: first.recorder.view.markers == 1 and first.recorder.view.is_muted)
    # As a killed app does it: no word, its connection is gone.
    first.recorder.close()
    second.recorder.begin()
    until(qtbot, lambda: second.state is AppState.RECORDING)
    view = second.recorder.view
    assert (view.markers, view.is_muted, view.rect) == (1, True, REQUEST.rect)
    before = view.elapsed_s
    until(qtbot, lambda: second.recorder.view.elapsed_s > before)
    second.recorder.stop()
    until(qtbot, lambda: second.entered)
    assert second.finished[0].result is not None
    first.recorder.view = second.recorder.view


def test_the_next_app_takes_the_warm_process_over(make: Make, qtbot: QtBot) -> None:
    first, second = make(), make()
    first.recorder.warm_up()
    until(qtbot, pids)
    (pid,) = pids()
    second.recorder.begin()
    qtbot.wait(500)
    first.recorder.close()
    start(second, qtbot)
    assert pids() == [pid]


def test_sockets_of_dead_processes_are_removed(make: Make, qtbot: QtBot) -> None:
    folder = paths.takes_folder()
    for name in ("99999999.sock", "text.sock"):
        local_socket.listen(folder / name).close()
    heard = make()
    heard.recorder.begin()
    qtbot.wait(100)
    assert not list(folder.glob("*.sock"))
    start(heard, qtbot)


# The commands that the app takes.


class Obeyed:
    def __init__(self) -> None:
        self.commands: list[TakeCommand] = []
        self.answers: list[Answer] = []
        self.server = CommandServer(self._obey)

    def _obey(self, command: TakeCommand, answer: Answer) -> None:
        self.commands.append(command)
        if command.command == "wrong":
            raise InvalidRequest("No such thing.")
        if command.command == "bug":
            raise ZeroDivisionError("of ours")
        if command.command == "later":
            self.answers.append(answer)
        else:
            answer(Status(app=True, state="idle"))


@pytest.fixture
def obeyed(qtbot: QtBot) -> Iterator[Obeyed]:  # noqa: ARG001 - there must be an application
    made = Obeyed()
    yield made
    made.server.close()
    made.server.deleteLater()


@pytest.fixture
def line(obeyed: Obeyed) -> Iterator[socket.socket]:  # noqa: ARG001 - who is spoken to
    with local_socket.connect(paths.app_socket(), 5) as connection:
        connection.setblocking(False)
        yield connection


def replies(line: socket.socket, qtbot: QtBot, count: int) -> list[dict[str, Any]]:
    heard = b""

    def all_there() -> bool:
        nonlocal heard
        try:
            heard += line.recv(65536)
        except BlockingIOError:
            return False
        return heard.count(b"\n") >= count

    qtbot.waitUntil(all_there, timeout=LIMIT_MS)
    return [json.loads(each) for each in heard.splitlines()]


def test_commands_are_answered_in_order(line: socket.socket, qtbot: QtBot) -> None:
    line.sendall(b'{"command": "status", "id": 7}\n{"command": "mark", "id": 8, "text": "x"}\n')
    first, second = replies(line, qtbot, 2)
    assert (first["id"], first["status"]["state"], second["id"]) == (7, "idle", 8)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"command": "wrong", "id": 3}', "invalid_request"),
        (b'{"command": 3, "id": 3}', "invalid_request"),
        (b'{"command": "bug", "id": 3}', "error"),
    ],
)
def test_what_cannot_be_done_is_answered(
    line: socket.socket, qtbot: QtBot, text: bytes, code: str
) -> None:
    line.sendall(text + b"\n")
    (reply,) = replies(line, qtbot, 1)
    assert reply["id"] == 3
    assert reply["error"]["code"] == code or code == "error"
    line.sendall(b'{"command": "status", "id": 4}\n')
    assert replies(line, qtbot, 1)[0]["status"]


def test_a_command_in_pieces_is_one(line: socket.socket, qtbot: QtBot, obeyed: Obeyed) -> None:
    for piece in (b'{"comm', b'and": "sta', b'tus"}', b"\n"):
        line.sendall(piece)
        qtbot.wait(20)
    assert replies(line, qtbot, 1)
    assert [each.command for each in obeyed.commands] == ["status"]


def test_half_a_command_is_none(line: socket.socket, qtbot: QtBot, obeyed: Obeyed) -> None:
    line.sendall(b'{"command": "stop"}')
    line.shutdown(socket.SHUT_WR)
    qtbot.waitUntil(lambda: gone(line), timeout=LIMIT_MS)
    assert not obeyed.commands


def test_a_line_without_end_is_hung_up_on(
    line: socket.socket, qtbot: QtBot, obeyed: Obeyed
) -> None:
    def is_over() -> bool:
        try:
            line.send(b"x" * 65536)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return False

    qtbot.waitUntil(is_over, timeout=LIMIT_MS)
    assert not obeyed.commands


def test_a_client_that_goes_away_costs_nothing(
    line: socket.socket, qtbot: QtBot, obeyed: Obeyed
) -> None:
    line.sendall(b'{"command": "later", "id": 1}\n')
    until(qtbot, lambda: obeyed.answers)
    line.close()
    qtbot.wait(100)
    obeyed.answers[0](Status(app=True, state="finished"))
    with local_socket.connect(paths.app_socket(), 5) as other:
        other.setblocking(False)
        other.sendall(b'{"command": "status"}\n')
        assert replies(other, qtbot, 1)


def test_a_second_app_is_refused_and_the_first_stays(
    obeyed: Obeyed, line: socket.socket, qtbot: QtBot
) -> None:
    assert obeyed.server
    with pytest.raises(AlreadyRunning):
        CommandServer(lambda *_: None)
    line.sendall(b'{"command": "status"}\n')
    assert replies(line, qtbot, 1)


def test_an_app_that_is_closed_is_not_there(obeyed: Obeyed) -> None:
    obeyed.server.close()
    with pytest.raises(NotRunning, match="not running"):
        send("status")


def gone(line: socket.socket) -> bool:
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
