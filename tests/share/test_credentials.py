"""Keys of destinations, with a real keyring, with none, and where they must not be found."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.share.conftest import MakeFile, digest
from tests.support.bunny import API_KEY, LIBRARY, ZONE, Bunny
from tests.support.command import ROOT
from tests.support.keyring_daemon import KeyringDaemon
from tests.support.s3_front import S3Front
from tests.support.s3_server import BUCKET, KEY_ID, SECRET, S3Server
from tests.support.sharing import CommandLines, Sharer

LIMIT_S = 60


@pytest.fixture
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyringDaemon]:
    with KeyringDaemon(tmp_path_factory.mktemp("keyring")) as running:
        yield running


@pytest.fixture
def sharer(screenless: dict[str, str], tmp_path: Path, daemon: KeyringDaemon) -> Sharer:
    """One whose keys are in the keyring, not in the environment."""
    found = Sharer(screenless, tmp_path)
    del found.env["RECORDER_APP_SECRET_WORK_API_KEY"]
    found.env["DBUS_SESSION_BUS_ADDRESS"] = daemon.environment["DBUS_SESSION_BUS_ADDRESS"]
    return found


def fed(sharer: Sharer, text: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command with `text` on its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "recorder_app", *arguments],
        cwd=ROOT,
        env=sharer.env,
        input=text,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def typed(sharer: Sharer, answers: Sequence[str], arguments: Sequence[str]) -> tuple[int, str]:
    """Run a command as a person at a terminal who types `answers`; return status and output."""
    ours, theirs = pty.openpty()
    # Not the terminal of whoever runs the tests.
    running = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "recorder_app", *arguments],
        cwd=ROOT,
        env=sharer.env,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    assert running.stdout is not None
    # Ends the reading below where it hangs.
    limit = threading.Timer(LIMIT_S, running.kill)
    limit.start()
    left = list(answers)
    try:
        while piece := os.read(running.stdout.fileno(), 4096):
            said += piece
            # What is typed before it is asked for is thrown away.
            if left and said.endswith(b": "):
                os.write(ours, f"{left.pop(0)}\n".encode())
        running.wait(LIMIT_S)
    finally:
        limit.cancel()
        running.kill()
        running.communicate()
        os.close(ours)
    assert not left, said
    return running.returncode, said.decode()


def stream_fields(bunny: Bunny) -> list[str]:
    fields = {"library_id": LIBRARY, "api_address": bunny.address, "pull_zone": ZONE}
    return [part for name, value in fields.items() for part in ("--set", f"{name}={value}")]


def test_keys_go_into_the_keyring_and_nowhere_else(
    sharer: Sharer, s3: S3Front, s3_server: S3Server, make_file: MakeFile
) -> None:
    secrets = (SECRET, KEY_ID)
    with CommandLines(secrets) as lines:
        added = fed(
            sharer,
            f"key_id={KEY_ID}\nsecret={SECRET}\n",
            [
                *("destination", "add", "bucket", "--kind", "s3", "--secrets"),
                *("--set", f"endpoint={s3.address}", "--set", f"bucket={BUCKET}"),
            ],
        )
        assert (added.returncode, added.stderr) == (0, "")
        tested = sharer.ask("destination", "test", "bucket")
        assert tested["is_fine"], tested
        # They go along with a new name; below, nothing is left under the old one.
        renamed = sharer.run("destination", "rename", "bucket", "team takes")
        assert (renamed.returncode, renamed.stderr) == (0, "")
        path = make_file(12_000_000)
        recording = sharer.enter(path)
        done = sharer.run("upload", recording, "--wait")
        assert done.returncode == 0, done.stderr
        assert "X-Amz-Signature" in done.stdout
        assert "The link ends on" in done.stderr
        assert sharer.upload_of(recording)["state"] == "playable"
        (key,) = s3_server.keys()
        assert s3_server.read(key) == path.read_bytes()
        short = sharer.ask("link", recording, "--expires", "10m")
        assert "X-Amz-Expires=600" in short["text"]
        assert sharer.run("link", recording).stdout.count("X-Amz-Signature") == 1
        assert sharer.run("unshare", recording).returncode == 0
        assert s3_server.keys() == s3_server.unfinished() == []
        # Forgotten with its keys.
        assert sharer.run("destination", "remove", "team takes").returncode == 0
        fields = ("--set", f"endpoint={s3.address}", "--set", f"bucket={BUCKET}")
        again = sharer.run("destination", "add", "bucket", "--kind", "s3", *fields)
        assert again.returncode == 2
        assert "RECORDER_APP_SECRET_BUCKET_KEY_ID" in again.stderr
    assert lines.found == set()
    assert sharer.files_with([*secrets, "X-Amz-Signature"]) == []


def test_with_a_locked_keyring_they_are_asked_for(
    sharer: Sharer, daemon: KeyringDaemon, bunny: Bunny, make_file: MakeFile
) -> None:
    fields = stream_fields(bunny)
    # The key, and two that may be left empty.
    status, said = typed(
        sharer,
        # As it is copied.
        [f" {API_KEY}\t", "", ""],
        ["destination", "add", "work", "--kind", "bunny-stream", *fields],
    )
    assert status == 0, said
    assert API_KEY not in said
    path = make_file(1000)
    recording = sharer.enter(path)
    daemon.lock()
    refused = sharer.run("destination", "test", "work")
    assert refused.returncode == 8
    assert "The keyring is locked." in refused.stderr
    assert "RECORDER_APP_SECRET_WORK_API_KEY" in refused.stderr
    status, said = typed(sharer, [API_KEY], ["upload", recording, "--wait"])
    assert status == 0, said
    assert "The keyring is locked." in said
    assert API_KEY not in said
    (guid,) = bunny.videos
    assert digest(bunny.file(guid)) == digest(path)
    assert sharer.files_with([API_KEY]) == []
    # What cannot be forgotten is said.
    removed = sharer.run("destination", "remove", "work")
    assert (removed.returncode, removed.stdout) == (0, "work removed\n")
    assert "Its keys may be in the keyring still. The keyring is locked." in removed.stderr


def test_without_a_keyring_it_is_said_what_to_do(
    screenless: dict[str, str], tmp_path: Path, bunny: Bunny
) -> None:
    sharer = Sharer(screenless, tmp_path)
    del sharer.env["RECORDER_APP_SECRET_WORK_API_KEY"]
    sharer.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nowhere"
    fields = stream_fields(bunny)
    arguments = ["destination", "add", "work", "--kind", "bunny-stream", "--secrets", *fields]
    added = fed(sharer, f"api_key={API_KEY}\n", arguments)
    assert added.returncode == 0, added.stderr
    assert "no keyring" in added.stderr
    assert "Set RECORDER_APP_SECRET_WORK_API_KEY" in added.stderr
    assert sharer.files_with([API_KEY]) == []
    wrong = fed(sharer, f"{API_KEY}\n", [*arguments, "--replace"])
    assert wrong.returncode == 2
    assert API_KEY not in wrong.stderr
    argument = sharer.run(
        *("destination", "add", "other", "--kind", "bunny-stream", "--set", API_KEY)
    )
    assert argument.returncode == 2
    assert API_KEY not in argument.stderr


def test_a_key_is_taken_as_it_was_meant_or_refused(
    screenless: dict[str, str], tmp_path: Path, bunny: Bunny
) -> None:
    sharer = Sharer(screenless, tmp_path)
    sharer.env["RECORDER_APP_SECRET_WORK_API_KEY"] = f" {API_KEY}\r\n"
    sharer.add_stream(bunny.address)
    assert sharer.ask("destination", "test", "work")["is_fine"]
    calls = len(bunny.calls)
    sharer.env["RECORDER_APP_SECRET_WORK_API_KEY"] = f"\u200b{API_KEY}"
    refused = sharer.run("destination", "test", "work")
    assert refused.returncode == 2
    assert "“API key” has a character in it that no key has." in refused.stderr
    assert API_KEY not in refused.stderr
    assert len(bunny.calls) == calls


def test_a_folder_needs_no_keys(sharer: Sharer, make_file: MakeFile, tmp_path: Path) -> None:
    folder = tmp_path / "synchronised"
    folder.mkdir()
    added = sharer.run(
        *("destination", "add", "disk", "--kind", "folder", "--set", f"folder={folder}")
    )
    assert added.returncode == 0, added.stderr
    path = make_file(100_000)
    recording = sharer.enter(path)
    done = sharer.run("upload", recording, "--wait")
    assert done.returncode == 0, done.stderr
    (copy,) = folder.iterdir()
    assert digest(copy) == digest(path)
    assert sharer.run("unshare", recording).returncode == 0
    assert list(folder.iterdir()) == []
