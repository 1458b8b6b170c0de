"""``kill -9`` while the library is written to: ``make bench-library-kills``. 100 kills by default.

A process enters, changes and deletes recordings of one library, transaction after transaction, and
is killed within a second. Each time the library is opened again and checked: SQLite's integrity
check, no row half written, nothing gone that was said to be entered.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.support.library_kills import faults_after_kill, kill_a_writer, random_moments


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="library-kills-") as folder:
        path = Path(folder) / "library.sqlite"
        for number, moment in enumerate(random_moments(arguments.kills, arguments.seed)):
            found = faults_after_kill(path, kill_a_writer(path, moment))
            for fault in found:
                print(f"kill {number} after {moment:.3f} s: {fault}")
            faults += found
        size_mb = path.stat().st_size / 1e6
    print(f"{arguments.kills} kills, {len(faults)} faults, {size_mb:.1f} MB in the end")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
