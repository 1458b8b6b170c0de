"""What the log keeps to itself, and what a report takes out of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder_app import logs

SECRETS = [
    ("PUT https://h/x?X-Amz-Signature=5ecre7&X-Amz-Credential=5ecre7&part=1", "part=1"),
    ("GET https://h/x?sv=2024&sig=5ecre7%3D&se=2026", "se=2026"),
    ("GET https://h/x?X-Goog-Signature=5ecre7&alt=media", "alt=media"),
    ("GET https://me:5ecre7@files.example/x", "files.example/x"),
    ("aws_secret_access_key = 5ecre7", "aws_secret"),
    ("client_secret='5ecre7 5ecre7' next", "next"),
    ('{"refresh_token": "5ecre7", "expires": 5}', '"expires": 5'),
    ("Authorization: Bearer 5ecre7", "Authorization"),
    ("Authorization: Basic 5ecre7", "Authorization"),
    ("asked with bearer 5ecre75ecre7", "asked with"),
    ("api-key: 5ecre7", "api-key"),
    ("passphrase=5ecre7", "passphrase"),
    ("AKIA5ECRE75ECRE75ECR", ""),
    ("ghp_5ecre75ecre75ecre75ecre75ecre7", ""),
    ("eyJhbGciOi5ecre7.eyJzdWIi5ecre7.5ecre7", ""),
    ("-----BEGIN RSA PRIVATE KEY-----\n5ecre7\n5ecre7\n-----END RSA PRIVATE KEY----- end", "end"),
]
HARMLESS = [
    "keyframes=12 key=video.format monitor:1 30 fps",
    "recorded 12 tokens of text at https://files.example:8443/x",
    "signal=15 design: new",
]


@pytest.fixture
def log_folder(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger("recorder_app")
    before = list(root.handlers), root.level, root.propagate
    assert logs.start(tmp_path)
    yield tmp_path
    for handler in root.handlers[len(before[0]) :]:
        root.removeHandler(handler)
        handler.close()
    root.level, root.propagate = before[1:]


@pytest.mark.parametrize(("text", "kept"), SECRETS)
def test_secrets_are_blacked_out_and_the_rest_stays(text: str, kept: str) -> None:
    clean = logs.redacted(text)
    assert "5ecre7" not in clean.lower()
    assert "***" in clean
    assert kept in clean


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert logs.redacted(text) == text


def test_a_traceback_tells_no_secret(log_folder: Path) -> None:
    try:
        raise OSError("https://h/x?token=5ecre7")
    except OSError:
        logging.getLogger("recorder_app.test").exception("upload failed")
    text = (log_folder / logs.FILE_NAME).read_text()
    assert "Traceback" in text
    assert "5ecre7" not in text


def test_the_last_lines_go_on_in_the_file_before(tmp_path: Path) -> None:
    assert logs.last_lines(tmp_path / "nothing") == []
    older, newer = tmp_path / f"{logs.FILE_NAME}.1", tmp_path / logs.FILE_NAME
    older.write_text("".join(f"old {number}\n" for number in range(100_000)))
    newer.write_text("new\nsecret=5ecre7\n")
    lines = logs.last_lines(tmp_path)
    assert len(lines) == 200
    assert lines[-3:] == ["old 99999", "new", "secret=***"]


@pytest.mark.parametrize(
    "text", ["a-" * 20_000, "eyJ" * 40_000, "https://" * 15_000, "x" * 120_000]
)
def test_long_lines_are_read_in_time(text: str) -> None:
    began = time.monotonic()
    assert logs.redacted(text) == text
    assert time.monotonic() - began < 2
