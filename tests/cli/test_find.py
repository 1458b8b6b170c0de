"""``list`` and ``search`` as people and scripts use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import run, run_json

TAKE = ("record", "--target", "synthetic:pattern@64x64", "--duration", "0.3")


@pytest.fixture
def takes(screenless: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Three takes with titles; their ids by title."""
    found = {}
    for title, tag in (("Budget review", "work"), ("Überblick Juli", "work"), ("Katze", "home")):
        told = run_json(*TAKE, "--output", str(tmp_path / f"{tag}-{title}.webm"), env=screenless)
        run_json("edit", told["recording_id"], "--title", title, "--tag", tag, env=screenless)
        found[title] = told["recording_id"]
    return found


def listed(*arguments: str, env: dict[str, str]) -> list[dict[str, Any]]:
    done = run(*arguments, "--json", env=env)
    assert done.returncode == 0, done.stderr
    parsed: list[dict[str, Any]] = json.loads(done.stdout)
    return parsed


def test_recordings_are_listed_filtered_and_found(
    screenless: dict[str, str], takes: dict[str, str]
) -> None:
    newest = listed("list", env=screenless)
    assert [each["title"] for each in newest] == ["Katze", "Überblick Juli", "Budget review"]
    assert {"id", "title", "path", "duration_s", "created_at", "status"} <= set(newest[0])
    by_title = listed("list", "--sort", "title", env=screenless)
    assert by_title[0]["title"] == "Budget review"
    assert len(listed("list", "--tag", "work", env=screenless)) == 2
    assert len(listed("list", "--limit", "1", "--offset", "2", env=screenless)) == 1
    for words in (["budget"], ["budgat"], ["rev"], ["review", "bud"]):
        assert listed("search", *words, env=screenless)[0]["title"] == "Budget review", words
    assert listed("search", "uberblick", env=screenless)[0]["id"] == takes["Überblick Juli"]
    assert listed("search", "katze", "--tag", "work", env=screenless) == []
    assert run("delete", takes["Katze"], env=screenless).returncode == 0
    assert len(listed("list", env=screenless)) == 2
    assert [each["title"] for each in listed("list", "--deleted", env=screenless)] == ["Katze"]


def test_a_person_reads_ids_lengths_and_titles(
    screenless: dict[str, str], takes: dict[str, str]
) -> None:
    done = run("list", env=screenless)
    assert done.returncode == 0
    for title, recording_id in takes.items():
        (line,) = [line for line in done.stdout.splitlines() if title in line]
        assert recording_id[-7:] in line


def test_an_empty_library_and_no_match_are_no_errors(screenless: dict[str, str]) -> None:
    assert listed("list", env=screenless) == []
    assert listed("search", "'; drop table --", '"', env=screenless) == []
    assert run("list", "--from", "yesteryear", env=screenless).returncode == 2
