"""Cuts of recordings of this program, judged picture by picture and sample by sample."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from recorder_app.edit.exporting import export
from tests.support import cuts
from tests.support.cuts import Source

SIZE = "320x180"
# What is recorded, and with which sounds.
SOURCES: dict[str, tuple[str, str, tuple[str, ...], dict[str, Any]]] = {
    "vp9": ("take.webm", f"pattern@{SIZE}", ("noise",), {"profile": "webm"}),
    "h264": ("take.mp4", f"pattern@{SIZE}", ("noise",), {"profile": "mp4"}),
    "av1": ("take.webm", f"pattern@{SIZE}", ("noise",), {"profile": "av1"}),
    "vp9-variable": ("take.webm", f"gaps@{SIZE}", ("noise",), {"profile": "webm"}),
    "h264-variable": ("take.mp4", f"jitter@{SIZE}", (), {"profile": "mp4"}),
    "vp9-tracks": (
        "take.webm",
        f"pattern@{SIZE}",
        ("noise", "noise@44100x1"),
        {"profile": "webm", "separate_tracks": True},
    ),
    "h264-tracks": (
        "take.mp4",
        f"drops@{SIZE}",
        ("noise", "noise@44100x1"),
        {"profile": "mp4", "separate_tracks": True},
    ),
}
LISTS = 4


@pytest.fixture(scope="module", params=SOURCES)
def source(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Source, str]:
    name, picture, sounds, choices = SOURCES[request.param]
    path = tmp_path_factory.mktemp("source") / name
    return cuts.record(path, picture, *sounds, seconds=12, fps=30, **choices), picture


@pytest.mark.parametrize("seed", range(LISTS))
def test_a_cut_is_exact(source: tuple[Source, str], seed: int, tmp_path: Path) -> None:
    recording, picture = source
    edits = cuts.random_edits(recording, random.Random(seed))
    result = tmp_path / f"cut{recording.path.suffix}"
    export(recording.path, edits, result, lambda _: None)
    cuts.check(recording, edits, result, picture)
