"""Files played to their end as people play them: in headless Chromium, and with Qt's player."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_LIMIT_S = 20
_CHROMIUM = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--autoplay-policy=no-user-gesture-required", "--mute-audio"),
)
# Plays one file after the other at eight times their speed and tells what came of it.
_PAGE = """<!doctype html><video id=v muted></video><script>
const v = document.getElementById("v");
function play(name) {
  return new Promise(done => {
    const late = setTimeout(() => done("stands still at " + v.currentTime), LIMIT * 1000);
    const end = text => { clearTimeout(late); done(text); };
    v.onerror = () => end(v.error.message || "error " + v.error.code);
    v.onended = () => {
      const frames = v.getVideoPlaybackQuality().totalVideoFrames;
      end(frames > 0 && v.currentTime > v.duration - 0.2 ? "" : "ends at " + v.currentTime);
    };
    v.src = name; v.playbackRate = v.defaultPlaybackRate = 8; v.play().catch(e => end(String(e)));
  });
}
(async () => {
  const told = {};
  for (const name of NAMES) told[name] = await play(name);
  await fetch("/told", {method: "POST", body: JSON.stringify(told)});
})();
</script>"""
_QT = """
import json, sys
from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtMultimedia import QMediaPlayer, QVideoSink
app, told, names = QCoreApplication([]), {}, json.loads(sys.argv[1])
def play(name):
    player, sink, pictures = QMediaPlayer(), QVideoSink(), []
    player.setVideoSink(sink)
    sink.videoFrameChanged.connect(lambda frame: frame.isValid() and pictures.append(1))
    def end(text):
        told[name] = text
        app.quit()
    def changed(status):
        if status is QMediaPlayer.MediaStatus.EndOfMedia:
            end("" if pictures else "no pictures")
        elif status is QMediaPlayer.MediaStatus.InvalidMedia:
            end(player.errorString() or "invalid")
    player.mediaStatusChanged.connect(changed)
    late = QTimer(singleShot=True)
    late.timeout.connect(lambda: end(f"stands still at {player.position()} ms"))
    late.start(int(sys.argv[2]) * 1000)
    player.setSource(QUrl.fromLocalFile(name))
    player.setPlaybackRate(8)
    player.play()
    app.exec()
    player.stop()
for name in names:
    play(name)
print(json.dumps(told))
"""


def chromium_plays(paths: Sequence[Path]) -> dict[Path, str]:
    """Return what keeps each file from playing to its end in Chromium; "" for nothing."""
    with tempfile.TemporaryDirectory() as folder:
        names = {f"{number}{path.suffix}": path for number, path in enumerate(paths)}
        for name, path in names.items():
            (Path(folder) / name).symlink_to(path.resolve())
        page = _PAGE.replace("LIMIT", str(_LIMIT_S)).replace("NAMES", json.dumps(list(names)))
        (Path(folder) / "page.html").write_text(page)
        told = _browse(Path(folder), _LIMIT_S * (len(paths) + 3))
    return {names[name]: text for name, text in told.items()}


def chromium_plays_link(address: str) -> str:
    """Return what keeps the video at `address` from playing to its end; "" for nothing."""
    with tempfile.TemporaryDirectory() as folder:
        page = _PAGE.replace("LIMIT", str(_LIMIT_S)).replace("NAMES", json.dumps([address]))
        (Path(folder) / "page.html").write_text(page)
        return _browse(Path(folder), _LIMIT_S * 3)[address]


def qt_plays(paths: Sequence[Path]) -> dict[Path, str]:
    """Return what keeps each file from playing to its end with Qt's player; "" for nothing."""
    done = subprocess.run(
        [sys.executable, "-c", _QT, json.dumps([str(path) for path in paths]), str(_LIMIT_S)],
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
        timeout=_LIMIT_S * (len(paths) + 3),
    )
    return {Path(name): text for name, text in json.loads(done.stdout).items()}


def _browse(folder: Path, limit_s: float) -> dict[str, str]:
    told: dict[str, str] = {}
    is_done = threading.Event()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_POST(self) -> None:
            told.update(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()
            is_done.set()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    serve = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chromium = shutil.which("chromium")
        assert chromium is not None, "chromium is not installed"
        browser = subprocess.Popen(
            [
                *(chromium, *_CHROMIUM, f"--user-data-dir={folder / 'profile'}"),
                f"http://127.0.0.1:{server.server_port}/page.html",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert is_done.wait(limit_s), "the page did not tell"
        finally:
            browser.terminate()
            browser.wait(10)
            server.shutdown()
    return told
