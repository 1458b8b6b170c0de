"""Uploads in a storm of faults, each of which must arrive whole or stop with the right reason."""

from __future__ import annotations

import abc
import contextlib
import hashlib
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from recorder_app.errors import Cancelled, RecorderError
from recorder_app.share.destination import Destination
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from tests.support.command import ROOT
from tests.support.faults import Fault
from tests.support.http_server import Server
from tests.support.uploading import Kept, item, upload

Passing = Sequence[tuple[Fault, int]]
"""Faults that an upload gets over, with how many of its units each costs at most."""
Ending = Sequence[tuple[list[Fault], type[RecorderError]]]
"""Faults that end an upload, with the reason it has to give."""
Front = TypeVar("Front", bound=Server)


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

    def lines(self) -> Iterator[str]:
        """Yield what a person reads of it."""
        for name, count in (*sorted(self.ends.items()), *sorted(self.faults.items())):
            yield f"  {name:32} {count:4}"
        yield f"  {self.kills} kills, {self.again_bytes / 1e6:.1f} MB sent again"
        yield from (f"  WRONG: {wrong}" for wrong in self.wrong)


class StormyUpload(abc.ABC, Generic[Front]):
    """One upload through a front of its own; everything about it follows from its number.

    `unit_bytes` is what a fault may cost: a chunk or a part. `program` uploads in a process of its
    own, as ``python -m program ADDRESS FILE KEPT KEY``.
    """

    unit_bytes: ClassVar[int]
    program: ClassVar[str]

    def __init__(self, folder: Path, number: int) -> None:
        self.chance, self.key = random.Random(number), f"k{number}"
        self.path = folder / f"take-{number}.webm"
        self.size = self._chosen_size()
        self.path.write_bytes(self.chance.randbytes(self.size))
        self._kept = folder / f"kept-{number}.json"
        self._number = number
        self._allowed_bytes = 0
        self._tally = Tally()

    def run(self) -> Tally:
        with self._front() as front:
            for fault, units in self.chance.sample(self._passing(), self.chance.randrange(4)):
                front.script.add(fault)
                self._allowed_bytes += units * self.unit_bytes
            way = self.chance.choices(
                (self._arrive, self._be_killed, self._be_cancelled, self._be_refused),
                (12, 2, 3, 3),
            )[0]
            try:
                way(front)
            except (RecorderError, AssertionError, subprocess.SubprocessError) as error:
                self._wrong(f"{way.__name__}: {type(error).__name__} {error}", front)
            self._tally.faults.update(str(fault) for fault in front.script.met)
            # Its traces go: another upload's may not be taken for them.
            self._clear(front)
        self.path.unlink()
        self._kept.unlink(missing_ok=True)
        return self._tally

    @abc.abstractmethod
    def _chosen_size(self) -> int: ...

    @abc.abstractmethod
    def _front(self) -> Front: ...

    @abc.abstractmethod
    def _destination(self, front: Front) -> Destination: ...

    @abc.abstractmethod
    def _passing(self) -> Passing: ...

    @abc.abstractmethod
    def _ending(self) -> Ending: ...

    @abc.abstractmethod
    def _can_meet(self, fault: Fault) -> bool:
        """Return whether a file of this size makes the call that has the fault."""

    @abc.abstractmethod
    def _stall(self) -> Fault:
        """Return the fault that a process is killed in."""

    @abc.abstractmethod
    def _arrived(self, front: Front) -> bytes: ...

    @abc.abstractmethod
    def _received_bytes(self, front: Front) -> int: ...

    @abc.abstractmethod
    def _left(self, front: Front) -> list[str]:
        """Return what of it is at the service once it was removed."""

    @abc.abstractmethod
    def _clear(self, front: Front) -> None: ...

    def _arrive(self, front: Front) -> None:
        destination = self._destination(front)
        with contextlib.closing(destination):
            ticket = destination.prepare(item(self.path, self.key))
            upload(destination, ticket, self.path)
        self._compare(front)

    def _be_killed(self, front: Front) -> None:
        command = [sys.executable, "-m", self.program]
        command += [front.address, str(self.path), str(self._kept), self.key]
        front.script.add(self._stall())
        for _attempt in range(self.chance.randrange(1, 3)):
            front.stalled.clear()
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
            with process:
                assert process.stdout is not None
                process.stdout.readline()
                front.stalled.wait(self.chance.uniform(0.0, 0.3))
                os.kill(process.pid, signal.SIGKILL)
            self._tally.kills += 1
            self._allowed_bytes += self.unit_bytes
        # Whoever was held up is let go: its connection is dead.
        front.ended.set()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, timeout=90)
        self._compare(front)

    def _be_cancelled(self, front: Front) -> None:
        destination = self._destination(front)
        enough = self.chance.randrange(self.size + 1)

        def stop(sent: int, _total: int) -> None:
            if sent >= enough:
                context.stop()

        context = SendContext(report=stop)
        with contextlib.closing(destination), Source(self.path) as source:
            ticket = destination.prepare(item(self.path, self.key))
            # All of it may be there before the last word.
            with contextlib.suppress(Cancelled):
                destination.send(ticket, source, context)
            # What it sent last may be on its way still; a job waits, too, before it removes.
            front.settle()
            destination.remove(ticket, context.checkpoint)
        if left := self._left(front):
            self._wrong(f"left behind: {left}", front)
        self._tally.ends["cancelled"] += 1

    def _be_refused(self, front: Front) -> None:
        faults, reason = self.chance.choice(self._ending())
        if not self._can_meet(faults[0]):
            self._arrive(front)
            return
        front.script.clear()
        front.script.add(*faults)
        destination = self._destination(front)
        with contextlib.closing(destination):
            ticket = destination.prepare(item(self.path, self.key))
            kept = Kept()
            try:
                upload(destination, ticket, self.path, kept)
                self._wrong("it was not refused", front)
            except reason:
                self._tally.ends[f"stopped: {reason.code}"] += 1
            front.settle()
            destination.remove(ticket, kept.saved[-1] if kept.saved else None)
        if left := self._left(front):
            self._wrong(f"left behind: {left}", front)

    def _compare(self, front: Front) -> None:
        arrived = hashlib.sha256(self._arrived(front)).digest()
        if arrived != hashlib.sha256(self.path.read_bytes()).digest():
            self._wrong("what arrived is not the file", front)
        again = self._received_bytes(front) - self.size
        self._tally.again_bytes += max(0, again)
        if again > self._allowed_bytes:
            self._wrong(f"{again} bytes too many", front)
        self._tally.ends["arrived"] += 1

    def _wrong(self, what: str, front: Front) -> None:
        met = ", ".join(str(fault) for fault in front.script.met)
        self._tally.wrong.append(f"upload {self._number} of {self.size} bytes ({met}): {what}")


def storm(
    made: Callable[[int], StormyUpload[Front]], numbers: Iterable[int], at_once: int = 5
) -> Tally:
    """Make one upload for each number, several at a time."""
    tally = Tally()
    with ThreadPoolExecutor(at_once) as pool:
        for one in pool.map(lambda number: made(number).run(), numbers):
            tally.add(one)
    return tally
