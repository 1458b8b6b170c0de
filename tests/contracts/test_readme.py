"""Every command in the README does what a reader expects of it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from recorder_app.settings import RecordingSettings
from tests.support import settings_table
from tests.support.command import LIMIT_S, ROOT
from tests.support.painting import painter

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
COMMANDS = [line.removeprefix("$ ") for block in BLOCKS for line in block.splitlines()]
RECORDER = [line for line in COMMANDS if line.startswith("recorder-app ")]
MAKE = [line.removeprefix("make ") for line in COMMANDS if line.startswith("make ")]


def test_every_command_is_of_a_kind_that_is_tested() -> None:
    assert len(RECORDER) >= 10
    assert set(COMMANDS) == set(RECORDER) | {f"make {target}" for target in MAKE}


@pytest.mark.parametrize("line", RECORDER)
def test_a_command_works_as_written(on_desktop: dict[str, str], tmp_path: Path, line: str) -> None:
    arguments = shlex.split(line)[1:]
    if arguments == ["record"]:
        # It would go on until Ctrl-C.
        arguments += ["--duration", "1"]
    with painter(on_desktop, "typing", "--title", "Terminal", "--geometry", "640x400+50+50"):
        done = subprocess.run(
            [sys.executable, "-m", "recorder_app", *arguments],
            env=on_desktop,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    if arguments[0] == "record":
        assert list(tmp_path.rglob("*.webm")) or list(tmp_path.rglob("*.mp4"))


def test_the_make_targets_exist_and_the_first_two_are_run_by_ci() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = set(MAKE) | set(re.findall(r"bench-[a-z0-9-]+", README))
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)
    ci = (ROOT / ".ci" / "run").read_text()
    assert [f"make {target}" for target in MAKE[:2]] == re.findall(r"make \w+", ci)


def test_the_table_of_options_is_true() -> None:
    for field in RecordingSettings.__struct_fields__:
        assert f"| `--{field.replace('_', '-')}`" in README, field
    defaults = RecordingSettings()
    assert f"| `--fps` | {defaults.fps} |" in README
    assert f"| `--format` | `{defaults.format}` |" in README
    assert f"| `--quality` | `{defaults.quality}` |" in README


def test_the_table_of_settings_is_that_of_the_declaration() -> None:
    assert settings_table.in_readme() == settings_table.table(), f"run: {settings_table.REGENERATE}"


def test_every_exit_code_is_documented() -> None:
    from recorder_app.cli.main import EXIT_CODES

    codes = re.findall(r"^  (\d+) ", EXIT_CODES, re.MULTILINE)
    table = README.split("### Exit codes")[1]
    assert codes
    assert all(f"\n| {code} |" in table for code in codes)
