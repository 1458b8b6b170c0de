"""Uploads in a storm of faults, each of which must arrive whole or stop with the right reason."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from recorder_app.errors import (
    AuthenticationRejected,
    Cancelled,
    QuotaExceeded,
    RecorderError,
    RemoteRejected,
)
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from tests.support.bunny import LOCKED, Bunny
from tests.support.command import ROOT
from tests.support.faults import Fault
from tests.support.tus import TusServer
from tests.support.uploading import CHUNK_BYTES, Kept, item, stream, upload

CHUNKS = 4
# What an upload gets over, with how many chunks each costs at most.
PASSING: list[tuple[Fault, int]] = [
    (Fault("cut"), 1),
    (Fault("drop"), 1),
    (Fault("lose answer"), 1),
    (Fault("stall", seconds=0.05), 0),
    (Fault("slow", seconds=0.002), 0),
    (Fault("duplicate"), 1),
    (Fault("take less"), 1),
    (Fault("claim more"), 1),
    (Fault("say nothing"), 1),
    (Fault("forget", status=410), CHUNKS + 1),
    (Fault("forget", status=404), CHUNKS + 1),
    *((Fault("status", status=status), 1) for status in (401, 408, 409, 423, 460, 500, 503)),
    (Fault("status", status=409, text=LOCKED), 1),
    (Fault("status", status=429, headers={"Retry-After": "0"}), 1),
    (Fault("status", method="HEAD", status=503), 0),
    (Fault("drop", method="HEAD"), 0),
    (Fault("say nothing", method="HEAD"), 0),
    (Fault("status", method="POST", status=500), 0),
    (Fault("lose answer", method="POST"), 0),
]
ENDING: list[tuple[list[Fault], type[RecorderError]]] = [
    ([Fault("status", status=401)] * 2, AuthenticationRejected),
    ([Fault("status", status=400)], RemoteRejected),
    ([Fault("status", status=413)], QuotaExceeded),
    ([Fault("status", status=415)], RemoteRejected),
    ([Fault("wrong location", method="POST")], RemoteRejected),
]


@dataclass
class Tally:
    """What became of the uploads; `wrong` is what must stay empty."""

    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    again_bytes: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.ends += other.ends
        self.faults += other.faults
        self.kills += other.kills
        self.again_bytes += other.again_bytes
        self.wrong += other.wrong


def storm(tus: TusServer, folder: Path, numbers: Iterable[int], at_once: int = 5) -> Tally:
    """Make one upload for each number, from which everything about it follows."""
    tally = Tally()
    with ThreadPoolExecutor(at_once) as pool:
        for one in pool.map(lambda number: _Upload(tus, folder, number).run(), numbers):
            tally.add(one)
    if left := tus.uploads():
        tally.wrong.append(f"left behind: {len(left)} uploads")
    return tally


class _Upload:
    def __init__(self, tus: TusServer, folder: Path, number: int) -> None:
        self._tus, self._number = tus, number
        self._chance = random.Random(number)
        self._path = folder / f"take-{number}.webm"
        size = self._chance.choice(
            [0, 1, CHUNK_BYTES, self._chance.randrange(CHUNKS * CHUNK_BYTES)]
        )
        self._path.write_bytes(self._chance.randbytes(size))
        self._size = size
        self._kept = folder / f"kept-{number}.json"
        self._allowed_bytes = 0
        self._tally = Tally()

    def run(self) -> Tally:
        with Bunny(self._tus) as bunny:
            for fault, chunks in self._chance.sample(PASSING, self._chance.randrange(4)):
                bunny.script.add(fault)
                self._allowed_bytes += chunks * CHUNK_BYTES
            way = self._chance.choices(
                (self._arrive, self._be_killed, self._be_cancelled, self._be_refused),
                (12, 2, 3, 3),
            )[0]
            try:
                way(bunny)
            except (RecorderError, AssertionError, subprocess.SubprocessError) as error:
                self._wrong(f"{way.__name__}: {type(error).__name__} {error}", bunny)
            self._tally.faults.update(str(fault) for fault in bunny.script.met)
            # Its traces go: another upload's may not be taken for them.
            for video in bunny.videos.values():
                for path in video.uploads:
                    bunny.forget(path)
        self._path.unlink()
        self._kept.unlink(missing_ok=True)
        return self._tally

    def _arrive(self, bunny: Bunny) -> None:
        destination = stream(bunny.address)
        with contextlib.closing(destination):
            ticket = destination.prepare(item(self._path))
            upload(destination, ticket, self._path)
        self._compare(bunny)

    def _be_killed(self, bunny: Bunny) -> None:
        command = [sys.executable, "-m", "tests.support.uploading"]
        command += [bunny.address, str(self._path), str(self._kept)]
        bunny.script.add(Fault("stall", after=self._chance.randrange(CHUNKS), seconds=30))
        for _attempt in range(self._chance.randrange(1, 3)):
            bunny.stalled.clear()
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
            with process:
                assert process.stdout is not None
                process.stdout.readline()
                bunny.stalled.wait(self._chance.uniform(0.0, 0.3))
                os.kill(process.pid, signal.SIGKILL)
            self._tally.kills += 1
            self._allowed_bytes += CHUNK_BYTES
        # Whoever was held up is let go: its connection is dead.
        bunny.ended.set()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, timeout=90)
        self._compare(bunny)

    def _be_cancelled(self, bunny: Bunny) -> None:
        destination = stream(bunny.address)
        enough = self._chance.randrange(self._size + 1)

        def stop(sent: int, _total: int) -> None:
            if sent >= enough:
                context.stop()

        context = SendContext(report=stop)
        with contextlib.closing(destination), Source(self._path) as source:
            ticket = destination.prepare(item(self._path))
            # All of it may be there before the last word.
            with contextlib.suppress(Cancelled):
                destination.send(ticket, source, context)
            destination.remove(ticket, context.checkpoint)
        if bunny.videos:
            self._wrong("a video was left behind", bunny)
        self._tally.ends["cancelled"] += 1

    def _be_refused(self, bunny: Bunny) -> None:
        faults, reason = self._chance.choice(ENDING)
        if not self._size and faults[0].method == "PATCH":
            self._arrive(bunny)
            return
        bunny.script.clear()
        bunny.script.add(*faults)
        destination = stream(bunny.address)
        kept = Kept()
        with contextlib.closing(destination):
            ticket = destination.prepare(item(self._path))
            try:
                upload(destination, ticket, self._path, kept)
                self._wrong("it was not refused", bunny)
            except reason:
                self._tally.ends[f"stopped: {reason.code}"] += 1
            destination.remove(ticket)

    def _compare(self, bunny: Bunny) -> None:
        [video] = bunny.videos.values()
        arrived = hashlib.sha256(bunny.file(video.guid).read_bytes()).digest()
        if arrived != hashlib.sha256(self._path.read_bytes()).digest():
            self._wrong("what arrived is not the file", bunny)
        again = video.received_bytes - self._size
        self._tally.again_bytes += max(0, again)
        if again > self._allowed_bytes:
            self._wrong(f"{again} bytes too many", bunny)
        self._tally.ends["arrived"] += 1

    def _wrong(self, what: str, bunny: Bunny) -> None:
        met = ", ".join(str(fault) for fault in bunny.script.met)
        self._tally.wrong.append(f"upload {self._number} of {self._size} bytes ({met}): {what}")
