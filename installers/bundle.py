"""Build the program as one folder that needs no Python: dist/recorder-app/."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "recorder-app"


def build(folder: Path = ROOT / "dist") -> Path:
    """Build the bundle in `folder` and return the program in it.

    What a build leaves in build/ makes the next one faster. Raises RuntimeError with the end of
    PyInstaller's output when it fails.
    """
    work = ROOT / "build" / "bundle"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--workpath", str(work), "--distpath", str(folder)]
    done = subprocess.run(
        [*command, str(ROOT / "installers" / f"{NAME}.spec")],
        # Its cache is in the home folder else.
        env={**os.environ, "PYINSTALLER_CONFIG_DIR": str(work / "cache")},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"PyInstaller failed: {done.stdout[-3000:].strip()}")
    return folder / NAME / NAME


def size_bytes(program: Path) -> int:
    """Return how large a bundle's files are together, links not counted."""
    files = [each for each in program.parent.rglob("*") if not each.is_symlink()]
    return sum(each.stat().st_size for each in files if each.is_file())


def main() -> int:
    """Build into dist/ and say what came of it; return the exit code."""
    began = time.monotonic()
    try:
        program = build()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    took = time.monotonic() - began
    print(f"{program}: {size_bytes(program) / 1e6:.0f} MB in {took:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
