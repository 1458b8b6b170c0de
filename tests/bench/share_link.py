"""From the click to the link on the clipboard: ``make bench-share-link``.

In an app whose event loop runs, with a real library: at an S3 server that answers, at the same one
while nobody listens, at a Bunny-like service, and in a folder. Each must take a second at most,
the first, for which packages are loaded, as well.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.support.bunny import API_KEY, LIBRARY, ZONE, Bunny
from tests.support.line import Line
from tests.support.s3_server import BUCKET, KEY_ID, SECRET, S3Server
from tests.support.tus import TusServer

MOST_S = 1.0
RUNS = 10


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
            os.environ[f"XDG_{kind}_HOME"] = str(home / kind.lower())
        os.environ |= {
            "QT_QPA_PLATFORM": "offscreen",
            "RECORDER_APP_SECRET_BUCKET_KEY_ID": KEY_ID,
            "RECORDER_APP_SECRET_BUCKET_SECRET": SECRET,
            "RECORDER_APP_SECRET_OFFLINE_KEY_ID": KEY_ID,
            "RECORDER_APP_SECRET_OFFLINE_SECRET": SECRET,
            "RECORDER_APP_SECRET_STREAM_API_KEY": API_KEY,
        }
        (home / "tus").mkdir()
        (home / "s3").mkdir()
        with (
            S3Server(home / "s3") as server,
            TusServer(home / "tus") as tus,
            Bunny(tus) as bunny,
        ):
            line = Line(server.address)
            line.down()
            places = {
                "bucket": ("s3", {"endpoint": server.address, "bucket": BUCKET}),
                "offline": ("s3", {"endpoint": line.address, "bucket": BUCKET}),
                "stream": (
                    "bunny-stream",
                    {"library_id": LIBRARY, "api_address": bunny.address, "pull_zone": ZONE},
                ),
                "folder": ("folder", {"folder": str(home)}),
            }
            is_fine = measure(home, places)
    sys.exit(0 if is_fine else 1)


def measure(home: Path, places: dict[str, tuple[str, dict[str, str]]]) -> bool:
    """Share recordings at every place; print the times, and return whether all are short."""
    # Imported only now, with the folders of this bench.
    from PySide6.QtWidgets import QApplication

    from recorder_app.library import recordings
    from recorder_app.library.models import Recording
    from recorder_app.services.destinations import add
    from recorder_app.services.library import open_library
    from recorder_app.settings.destinations import StoredDestination

    qt = QApplication([])
    ids = []
    database = open_library()
    for number in range(RUNS):
        path = home / f"take-{number}.webm"
        path.write_bytes(os.urandom(200_000))
        with database.write() as session:
            row = Recording(
                title=f"Take {number}",
                recording_type="screen",
                path=str(path),
                file_size=200_000,
                mime_type="video/webm",
            )
            ids.append(recordings.add(session, row).id)
    database.close()
    for name, (kind, configuration) in places.items():
        add(StoredDestination(name=name, kind=kind, configuration=dict(configuration)), {})
    is_fine = True
    for name in places:
        times = [_timed(qt, recording_id, name) for recording_id in ids]
        middle, longest = statistics.median(times), max(times)
        print(f"{name:8}  median {middle * 1000:5.0f} ms  longest {longest * 1000:5.0f} ms")
        is_fine &= longest <= MOST_S
    return is_fine


def _timed(qt: object, recording_id: str, destination: str) -> float:
    """Return the seconds from the click to the clipboard."""
    from PySide6.QtCore import QObject, Signal
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QApplication

    from recorder_app.ui.sharing import Sharing

    class Quiet(QObject):
        """Notifies nobody, and starts nothing: only the link is timed."""

        action = Signal(str, str)

        def notify(self, *_: object) -> None: ...
        def wake(self) -> None: ...

    assert isinstance(qt, QApplication)
    owner = Quiet()
    sharing = Sharing(owner, owner, owner)  # type: ignore[arg-type]
    board = QGuiApplication.clipboard()
    board.setText("before")
    began = time.monotonic()
    sharing.share(recording_id, destination)
    while board.text() == "before":
        assert time.monotonic() - began < 30, "no link"
        qt.processEvents()
        time.sleep(0.001)
    seconds = time.monotonic() - began
    sharing.close()
    return seconds


if __name__ == "__main__":
    main()
