"""How long a file is, told quickly, is what reading all of it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from recorder_app.media.probe import length_of, probe
from tests.support import cuts, media


@pytest.mark.parametrize("suffix", media.SUFFIXES)
def test_files_of_all_kinds(tmp_path: Path, suffix: str) -> None:
    path = media.make(tmp_path / f"some{suffix}")
    assert float(length_of(path)) == pytest.approx(probe(path).duration_s, abs=0.0011)


@pytest.mark.parametrize("profile", ["webm", "mp4", "av1"])
@pytest.mark.parametrize("sounds", [(), ("noise",)])
def test_recordings(tmp_path: Path, profile: str, sounds: tuple[str, ...]) -> None:
    path = tmp_path / f"take.{'mp4' if profile == 'mp4' else 'webm'}"
    cuts.take(path, "gaps@64x64", *sounds, seconds=7.3, fps=30, profile=profile)
    assert float(length_of(path)) == pytest.approx(probe(path).duration_s, abs=0.0011)


@pytest.mark.parametrize("suffix", [".webm", ".mkv", ".mp4"])
def test_a_file_that_was_cut_off(tmp_path: Path, suffix: str) -> None:
    whole = media.make(tmp_path / f"whole{suffix}", "-movflags", "+faststart").read_bytes()
    path = tmp_path / f"cut{suffix}"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    assert float(length_of(path)) == pytest.approx(probe(path).duration_s, abs=0.0011)
    assert length_of(path) < 0.95
