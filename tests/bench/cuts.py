"""200 random cut lists, each judged to the picture and the sample, and played: ``make bench-cuts``.

Every result is played to its end in headless Chromium and with Qt's player too.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import traceback
from pathlib import Path

from recorder_app.edit.exporting import export
from tests.edit.test_smart_cut import SOURCES
from tests.support import cuts, players


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lists", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    chosen = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder, results = Path(name), []
        sources = []
        for kind, (file, picture, sounds, choices) in SOURCES.items():
            (folder / kind).mkdir()
            path = folder / kind / file
            recorded = cuts.record(
                path, picture, *sounds, seconds=chosen.seconds, fps=30, **choices
            )
            sources.append((kind, recorded, picture))
        for number in range(chosen.lists):
            kind, source, picture = sources[number % len(sources)]
            edits = cuts.random_edits(source, random.Random(number + 1000))
            result = folder / f"{number}-{kind}{source.path.suffix}"
            try:
                export(source.path, edits, result, lambda _: None)
                cuts.check(source, edits, result, picture)
            except Exception:
                wrong += 1
                print(f"{result.name}: {[(float(p.start), float(p.end)) for p in edits.kept]}")
                traceback.print_exc(limit=2)
            results.append(result)
        print(f"{chosen.lists} cut lists: {wrong} wrong")
        for player, play in (("Chromium", players.chromium_plays), ("Qt", players.qt_plays)):
            # A player may lack a codec, as Qt's lacks AV1.
            unplayable = {
                path for path, text in play([each[1].path for each in sources]).items() if text
            }
            kinds = {kind for kind, source, _ in sources if source.path in unplayable}
            if kinds:
                print(f"{player} does not play the recordings themselves of {sorted(kinds)}")
            mine = [path for path in results if path.stem.partition("-")[2] not in kinds]
            told = play([path for path in mine if path.exists()])
            failed = {path.name: text for path, text in told.items() if text}
            wrong += len(failed)
            print(f"{player}: {len(told) - len(failed)} of {len(mine)} play to the end {failed}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
