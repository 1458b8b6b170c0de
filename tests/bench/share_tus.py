"""Uploads by tus in a storm, their speed and their memory: ``make bench-share-tus``.

500 uploads meet random faults, kills and cancels: each must arrive byte for byte or stop with the
right reason, with at most one chunk sent again for each fault. Then a file goes to the same real
server by curl and by this program, which must reach 0.9 of curl's speed. Last a sparse file of 6 GB
may cost 100 MB of memory at most.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urljoin

import psutil

from recorder_app.share.http import HttpClient
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from recorder_app.share.tus import TusUpload
from tests.support.storm_tus import tus_storm
from tests.support.tus import TusServer

LEAST_OF_CURL = 0.9
MOST_MB = 100.0
RUNS = 5


def weather(folder: Path, uploads: int) -> bool:
    with TusServer(folder / "server") as server:
        began = time.monotonic()
        tally = tus_storm(server, folder, range(uploads))
    print(f"{uploads} uploads in {time.monotonic() - began:.0f} s")
    print(*tally.lines(), sep="\n")
    return not tally.wrong and tally.ends.total() == uploads


def send(port: int, path: Path) -> float:
    """Return the seconds that this program takes."""
    place = f"http://127.0.0.1:{port}"
    client = HttpClient([place])
    began = time.monotonic()
    with Source(path) as source:
        TusUpload(
            client,
            f"{place}/tusupload",
            source,
            SendContext(),
            metadata={"filetype": "video/webm"},
            sign=lambda _anew: {},
        ).send()
    client.close()
    return time.monotonic() - began


def send_by_curl(port: int, path: Path) -> float:
    """Return the seconds that curl takes, for all in one call."""
    place = f"http://127.0.0.1:{port}/tusupload"
    curl = ["curl", "-sS", "--fail", "-H", "Tus-Resumable: 1.0.0"]
    began = time.monotonic()
    made = subprocess.run(
        [*curl, "-i", "-X", "POST", "-H", f"Upload-Length: {path.stat().st_size}", place],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    headers = dict(line.split(": ", 1) for line in made.splitlines() if ": " in line)
    location = next(value for name, value in headers.items() if name.lower() == "location")
    content = ["-H", "Content-Type: application/offset+octet-stream", "-H", "Expect:"]
    target = ["-H", "Upload-Offset: 0", "-X", "PATCH", "-T", str(path), urljoin(place, location)]
    subprocess.run([*curl, *content, *target], check=True)
    return time.monotonic() - began


def speed(folder: Path, size: int) -> bool:
    path = folder / "large.webm"
    chance = random.Random(1)
    with path.open("wb") as file:
        for _block in range(size // 1_000_000):
            file.write(chance.randbytes(1_000_000))
    times: dict[str, list[float]] = {"curl": [], "recorder": []}
    with TusServer(folder / "server") as server:
        # In turns, and the first of each for nothing.
        for run in range(RUNS + 1):
            for name, way in (("curl", send_by_curl), ("recorder", send)):
                seconds = way(server.port, path)
                [upload] = server.uploads()
                assert upload.read_bytes() == path.read_bytes()
                for each in server.folder.iterdir():
                    each.unlink()
                if run:
                    times[name].append(seconds)
    path.unlink()
    # Of each the best: what else the machine does only ever adds time.
    rates = {name: size / 1e6 / min(each) for name, each in times.items()}
    share = rates["recorder"] / rates["curl"]
    shown = ", ".join(f"{name} {rate:.0f} MB/s" for name, rate in rates.items())
    print(f"{size / 1e6:.0f} MB: {shown}")
    print(f"  {share:.2f} of curl's speed (at least {LEAST_OF_CURL})")
    return share >= LEAST_OF_CURL


def memory(folder: Path, size: int) -> bool:
    """Upload a sparse file from a fresh process and look at its memory meanwhile."""
    path = folder / "sparse.webm"
    with path.open("wb") as file:
        file.truncate(size)
    with TusServer(folder / "server") as server:
        command = [sys.executable, "-m", "tests.bench.share_tus", "--send", str(server.port)]
        with subprocess.Popen([*command, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            watched = psutil.Process(process.pid)
            idle = peak = watched.memory_info().rss
            process_ended = None
            while process_ended is None:
                peak = max(peak, watched.memory_info().rss)
                time.sleep(0.05)
                process_ended = process.poll()
        [upload] = server.uploads()
        is_whole = process_ended == 0 and upload.stat().st_size == size
    more = (peak - idle) / 1e6
    print(f"{size / 1e9:.1f} GB: {more:.0f} MB above idle (at most {MOST_MB:.0f})")
    return is_whole and more <= MOST_MB


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=500)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--gigabytes", type=float, default=6.0)
    parser.add_argument("--send", nargs=2, metavar=("PORT", "FILE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.send:
        print("ready", flush=True)
        send(int(chosen.send[0]), Path(chosen.send[1]))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / part for part in ("storm", "speed", "memory")]
        for folder in folders:
            folder.mkdir()
        fine = [
            weather(folders[0], chosen.uploads),
            speed(folders[1], chosen.megabytes * 1_000_000),
            memory(folders[2], int(chosen.gigabytes * 1e9)),
        ]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
