"""Uploads to S3 in a storm, their speed and their memory: ``make bench-share-s3``.

150 uploads meet random faults, kills and cancels: each must arrive byte for byte or stop with the
right reason, with at most one part sent again for each fault, and nothing left there of what was
stopped. Then a file goes to the same real server by boto3's own transfer and by this program, which
must reach 0.9 of its speed. Last a sparse file of 6 GB may cost 100 MB of memory at most.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3
import botocore.config
import psutil

from recorder_app.share.destination import Item
from recorder_app.share.s3 import S3, S3Configuration
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from tests.support.s3_server import BUCKET, KEY_ID, REGION, SECRET, S3Server
from tests.support.storm_s3 import s3_storm

LEAST_OF_BOTO3 = 0.9
MOST_MB = 100.0
RUNS = 7


def weather(folder: Path, uploads: int) -> bool:
    with S3Server(folder / "server", volumes=200) as server:
        began = time.monotonic()
        tally = s3_storm(server, folder, range(uploads))
    print(f"{uploads} uploads in {time.monotonic() - began:.0f} s")
    print(*tally.lines(), sep="\n")
    return not tally.wrong and tally.ends.total() == uploads


def send(address: str, path: Path) -> float:
    """Return the seconds that this program takes."""
    destination = S3(
        S3Configuration(endpoint=address, bucket=BUCKET), {"key_id": KEY_ID, "secret": SECRET}
    )
    size = path.stat().st_size
    item = Item(key="bench", title="", file_name=path.name, media_type="video/webm", size=size)
    ticket = destination.prepare(item)
    # What boto3 loads before it is timed.
    destination.status(ticket)
    began = time.monotonic()
    with Source(path) as source:
        destination.send(ticket, source, SendContext())
    seconds = time.monotonic() - began
    destination.close()
    return seconds


def send_by_boto3(address: str, path: Path) -> float:
    """Return the seconds that boto3 takes, with its own settings."""
    client = boto3.client(
        "s3",
        endpoint_url=address,
        region_name=REGION,
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
        config=botocore.config.Config(s3={"addressing_style": "path"}),
    )
    began = time.monotonic()
    client.upload_file(str(path), BUCKET, "boto3")
    seconds = time.monotonic() - began
    client.close()
    return seconds


def speed(folder: Path, size: int) -> bool:
    path = folder / "large.webm"
    chance = random.Random(1)
    with path.open("wb") as file:
        for _block in range(size // 1_000_000):
            file.write(chance.randbytes(1_000_000))
    times: dict[str, list[float]] = {"boto3": [], "recorder": []}
    # What was deleted keeps its place.
    with S3Server(folder / "server", volumes=200, volume_mb=512) as server:
        # In turns, and the first of each for nothing.
        for run in range(RUNS + 1):
            for name, way in (("boto3", send_by_boto3), ("recorder", send)):
                seconds = way(server.address, path)
                [key] = server.keys()
                found = server.client.call("head_object", Bucket=BUCKET, Key=key)
                assert found["ContentLength"] == path.stat().st_size
                server.clear()
                if run:
                    times[name].append(seconds)
    path.unlink()
    rates = {name: size / 1e6 / statistics.median(each) for name, each in times.items()}
    share = rates["recorder"] / rates["boto3"]
    shown = ", ".join(f"{name} {rate:.0f} MB/s" for name, rate in rates.items())
    print(f"{size / 1e6:.0f} MB: {shown}")
    print(f"  {share:.2f} of boto3's speed (at least {LEAST_OF_BOTO3})")
    return share >= LEAST_OF_BOTO3


def memory(folder: Path, size: int) -> bool:
    """Upload a sparse file from a fresh process and look at its memory meanwhile."""
    path = folder / "sparse.webm"
    with path.open("wb") as file:
        file.truncate(size)
    with S3Server(folder / "server", volumes=100, volume_mb=512) as server:
        command = [sys.executable, "-m", "tests.bench.share_s3", "--send", server.address]
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
        [key] = server.keys()
        found = server.client.call("head_object", Bucket=BUCKET, Key=key)
        is_whole = process_ended == 0 and found["ContentLength"] == size
    more = (peak - idle) / 1e6
    print(f"{size / 1e9:.1f} GB: {more:.0f} MB above idle (at most {MOST_MB:.0f})")
    return is_whole and more <= MOST_MB


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=150)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--gigabytes", type=float, default=6.0)
    parser.add_argument("--send", nargs=2, metavar=("ADDRESS", "FILE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.send:
        print("ready", flush=True)
        send(chosen.send[0], Path(chosen.send[1]))
        return 0
    # Where a disk writes behind, its moods are what is measured.
    fast = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=fast) as quick, tempfile.TemporaryDirectory() as large:
        folders = [Path(large) / part for part in ("storm", "memory")]
        for folder in folders:
            folder.mkdir()
        fine = [
            weather(folders[0], chosen.uploads),
            speed(Path(quick), chosen.megabytes * 1_000_000),
            memory(folders[1], int(chosen.gigabytes * 1e9)),
        ]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
