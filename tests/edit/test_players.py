"""Results of cuts play to their end where people play them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from recorder_app.edit.exporting import export
from recorder_app.edit.timeline import Cut, EditList, Range, Trim
from tests.support import cuts, players


@pytest.mark.timeout(240)
def test_results_play_to_their_end(tmp_path: Path) -> None:
    results = []
    for profile, suffix in (("webm", "webm"), ("mp4", "mp4"), ("av1", "webm")):
        source = tmp_path / f"{profile}-take.{suffix}"
        cuts.take(source, "pattern@320x180", "noise", seconds=9, fps=30, profile=profile)
        whole = EditList.whole(Fraction(9))
        trimmed = Trim(Range(Fraction("1.234"), Fraction("7.9"))).apply(whole)
        cut = Cut((Range(Fraction("2.5"), Fraction("4.01")),)).apply(trimmed)
        for number, edits in enumerate((trimmed, cut)):
            result = tmp_path / f"{profile}-{number}.{suffix}"
            export(source, edits, result, lambda _: None)
            results.append(result)
    assert {path.name: text for path, text in players.chromium_plays(results).items() if text} == {}
    # Qt's own FFmpeg decodes no AV1.
    known = [path for path in results if not path.name.startswith("av1")]
    assert {path.name: text for path, text in players.qt_plays(known).items() if text} == {}
