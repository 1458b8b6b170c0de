"""The wheel: what is in it, and that it works where nothing else of this checkout is."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import recorder_app
from installers.smoke import smoke
from tests.support.command import LIMIT_S, ROOT

DESKTOP_FILE = "share/applications/io.github.recorder_app.Recorder.desktop"
ICON = "share/icons/hicolor/scalable/apps/io.github.recorder_app.Recorder.svg"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # By what pip would call, without an environment of its own, for which it needs a network.
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*command, "--directory", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=LIMIT_S,
    )
    [made] = folder.iterdir()
    return made


def test_all_of_the_program_is_in_it_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    about = f"recorder_app-{recorder_app.__version__}.dist-info/"
    data = f"recorder_app-{recorder_app.__version__}.data/data/"
    wanted = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "recorder_app").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "recorder_app/library/migrations/versions/v0001_first.py" in wanted
    wanted |= {
        f"recorder_app/{path.relative_to(ROOT)}"
        for path in (ROOT / "resources").rglob("*")
        if path.is_file()
    }
    assert "recorder_app/resources/icons/app.svg" in wanted
    assert {name for name in names if name.startswith("recorder_app/")} == wanted
    assert {name for name in names if name not in wanted} == {
        data + DESKTOP_FILE,
        data + ICON,
        *(about + name for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")),
        about + "licenses/LICENSE",
    }


def test_it_says_what_it_is(wheel: Path) -> None:
    about = f"recorder_app-{recorder_app.__version__}.dist-info/"
    with zipfile.ZipFile(wheel) as packed:
        metadata = Parser().parsestr(packed.read(about + "METADATA").decode())
        entry_points = packed.read(about + "entry_points.txt").decode()
    assert metadata["Version"] == recorder_app.__version__
    assert metadata["License-Expression"] == "MIT"
    assert "recorder-app = recorder_app.__main__:main" in entry_points


def test_it_works_installed(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "installed"
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check",
         "install", "--no-deps", "--no-index", "--quiet", str(wheel)],
        check=True,
        timeout=2 * LIMIT_S,
    )  # fmt: skip
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(home)}))
    # What it depends on. A folder that is named there is not asked for ways to further ones, as to
    # this checkout.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    where = subprocess.run(
        [python, "-c", "import recorder_app; print(recorder_app.__file__)"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert Path(where.stdout.strip()).is_relative_to(home)
    assert (home / DESKTOP_FILE).is_file()
    assert smoke(home / "bin" / "recorder-app") == recorder_app.__version__
