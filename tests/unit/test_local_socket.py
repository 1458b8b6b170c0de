"""Sockets of this user's programs."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recorder_app.errors import AlreadyRunning, NotRunning, StorageError
from recorder_app.system import local_socket

# Nobody's number but the one that every system has for nobody.
NOBODY = 65534

Listen = Callable[[Path], socket.socket]


@pytest.fixture
def listen() -> Iterator[Listen]:
    made: list[socket.socket] = []

    def start(path: Path) -> socket.socket:
        made.append(local_socket.listen(path))
        return made[-1]

    yield start
    for each in made:
        each.close()


def talks(listener: socket.socket, path: Path) -> bool:
    with local_socket.connect(path, 5) as ours:
        ours.sendall(b"hello")
        theirs = local_socket.accept(listener)
        assert theirs is not None
        with theirs:
            return theirs.recv(5) == b"hello"


def test_programs_of_one_user_talk(listen: Listen, tmp_path: Path) -> None:
    path = tmp_path / "run" / "app.sock"
    assert talks(listen(path), path)


def test_the_folder_is_made_for_its_user_alone(listen: Listen, tmp_path: Path) -> None:
    made, found = tmp_path / "a" / "run", tmp_path / "b"
    found.mkdir(mode=0o755)
    for folder in (made, found):
        listen(folder / "app.sock")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert [each.name for each in folder.iterdir()] == ["app.sock"]


def test_what_a_dead_process_left_is_replaced(listen: Listen, tmp_path: Path) -> None:
    path = tmp_path / "app.sock"
    local_socket.listen(path).close()
    assert path.is_socket()
    assert talks(listen(path), path)


def test_one_that_listens_is_left_alone(listen: Listen, tmp_path: Path) -> None:
    path = tmp_path / "app.sock"
    first = listen(path)
    with pytest.raises(AlreadyRunning):
        local_socket.listen(path)
    first.accept()[0].close()
    assert talks(first, path)


def test_one_that_hangs_is_left_alone(listen: Listen, tmp_path: Path) -> None:
    path = tmp_path / "app.sock"
    listen(path)
    waiting = []
    with contextlib.suppress(NotRunning):
        # Until no more may wait for it.
        for _ in range(100):
            waiting.append(local_socket.connect(path, 0.1))
    with pytest.raises(AlreadyRunning):
        local_socket.listen(path)
    for each in waiting:
        each.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems refuse them")
def test_a_path_may_be_longer_than_the_kernel_takes(listen: Listen, tmp_path: Path) -> None:
    folder = tmp_path / ("long " * 20) / ("längér " * 10)
    path = folder / "app.sock"
    assert len(os.fsencode(path)) > 108
    assert talks(listen(path), path)
    with pytest.raises(AlreadyRunning):
        local_socket.listen(path)


def test_nobody_listens(tmp_path: Path) -> None:
    left, plain = tmp_path / "left.sock", tmp_path / "plain"
    local_socket.listen(left).close()
    plain.touch()
    for path in (tmp_path / "none.sock", tmp_path / "nowhere" / "none.sock", left, plain):
        with pytest.raises(NotRunning):
            local_socket.connect(path, 1)


def test_a_folder_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "run"
    blocked.touch()
    for folder in (blocked, blocked / "takes", Path("/proc/nowhere")):
        with pytest.raises(StorageError, match="cannot be used"):
            local_socket.listen(folder / "app.sock")
    assert blocked.is_file()


_AS_NOBODY = """
import os, socket, sys
os.setgid({nobody}), os.setuid({nobody})
with socket.socket(socket.AF_UNIX) as one:
    one.settimeout(10)
    one.connect(sys.argv[1])
    assert one.recv(1) == b"", "it was spoken to"
"""


_LISTENS = """
import os, socket, sys
os.setgid({nobody}), os.setuid({nobody})
with socket.socket(socket.AF_UNIX) as one:
    one.bind(sys.argv[1])
    one.listen()
    print("ready", flush=True)
    one.accept()[0].recv(1)
"""


@pytest.mark.skipif(os.getuid() != 0, reason="NOT CHECKED: only root can be another user as well")
def test_another_user_is_hung_up_on(listen: Listen) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "app.sock"
        listener = listen(path)
        # As if the folder could be entered: the kernel's word is the second lock.
        path.chmod(0o777)
        path.parent.chmod(0o755)
        code = _AS_NOBODY.format(nobody=NOBODY)
        with subprocess.Popen([sys.executable, "-I", "-c", code, str(path)]) as other:
            assert local_socket.accept(listener) is None
            assert other.wait(20) == 0


@pytest.mark.skipif(os.getuid() != 0, reason="NOT CHECKED: only root can be another user as well")
def test_another_user_s_program_is_not_spoken_to() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "app.sock"
        path.parent.chmod(0o777)
        code = _LISTENS.format(nobody=NOBODY)
        with subprocess.Popen(
            [sys.executable, "-I", "-c", code, str(path)], stdout=subprocess.PIPE
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"ready\n"
            with pytest.raises(NotRunning):
                local_socket.connect(path, 5)
            assert other.wait(20) == 0
