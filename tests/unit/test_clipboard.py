"""The clipboard through another program, which learns the text and nothing else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from recorder_app.system import clipboard


@pytest.mark.skipif(sys.platform != "linux", reason="the programs are Linux'")
def test_the_program_gets_the_text_and_none_of_our_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "xclip"
    program.write_text(f"#!/bin/sh\ncat > {tmp_path}/text\nenv > {tmp_path}/environment\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":5")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("RECORDER_APP_SECRET_WORK_API_KEY", "hush")
    clipboard.copy("https://a.example/x")
    assert (tmp_path / "text").read_text() == "https://a.example/x"
    given = (tmp_path / "environment").read_text()
    assert "DISPLAY=:5" in given
    assert "hush" not in given
