"""The bundle: built, tried, and kind to the programs that it opens."""

from __future__ import annotations

import os
import re
import runpy
from pathlib import Path

import pytest
from PyInstaller.archive.readers import CArchiveReader
from PyInstaller.depend.bindepend import get_python_library_path
from PyInstaller.exceptions import PythonLibraryNotFoundError

import recorder_app
from installers import bundle, notices
from installers.smoke import smoke
from tests.support.command import ROOT


def is_bundled_by_this_python() -> bool:
    try:
        return bool(get_python_library_path())
    except PythonLibraryNotFoundError:
        return False


needs_library = pytest.mark.skipif(
    not is_bundled_by_this_python(), reason="this Python is without a shared library of itself"
)


@pytest.fixture(scope="module")
def program() -> Path:
    return bundle.build()


@needs_library
@pytest.mark.timeout(900)
def test_it_works(program: Path) -> None:
    assert smoke(program) == recorder_app.__version__


@needs_library
@pytest.mark.timeout(900)
def test_what_is_in_it(program: Path) -> None:
    inside = program.parent / "_internal"
    versions = Path("library", "migrations", "versions")
    for source in (ROOT / "recorder_app" / versions).glob("*.py"):
        assert (inside / "recorder_app" / versions / source.name).is_file()
    assert (inside / "LICENSE").is_file()
    told = (inside / notices.FILE_NAME).read_text(encoding="utf-8")
    # Every package that is in it, and none that is not.
    for name in (
        *("av", "numpy", "PySide6_Essentials", "PySide6_Addons", "shiboken6", "SQLAlchemy"),
        "jeepney",
    ):
        assert re.search(rf"^{name} \d", told, re.MULTILINE | re.IGNORECASE), name
    assert not re.search(r"^(pytest|hypothesis|babel) \d", told, re.MULTILINE)
    names = {path.name for path in inside.rglob("*")}
    assert not {"libqgtk3.so", "libpulse.so.0"} & names
    modules = set(CArchiveReader(str(program)).open_embedded_archive("PYZ.pyz").toc)
    assert "recorder_app.cli.record" in modules
    assert not {"tests", "installers", "pytest", "hypothesis"} & {
        name.partition(".")[0] for name in modules
    }
    # Of all services of Amazon's, S3 alone.
    data = [path.name for path in (inside / "botocore" / "data").iterdir() if path.is_dir()]
    assert data == ["s3"]
    # With all that Qt's player is linked to.
    assert {"libffmpegmediaplugin.so", "libQt6Network.so.6", "libavcodec.so.61"} <= names
    # It grows unseen: an import brings its package, the package its libraries.
    assert bundle.size_bytes(program) < 412e6


@pytest.mark.parametrize("before", ["", "/opt/lib"])
def test_programs_that_it_opens_do_not_get_its_libraries(
    monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    # So that all is as it was afterwards.
    monkeypatch.setenv("PYINSTALLER_RESET_ENVIRONMENT", "")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/bundle/_internal")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    runpy.run_path(str(ROOT / "installers" / "bundle_start.py"))
    assert os.environ.get("LD_LIBRARY_PATH", "") == before
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ
    assert os.environ["PYINSTALLER_RESET_ENVIRONMENT"] == "1"
