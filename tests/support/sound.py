"""Playing and recording known sounds, with the programs that everybody has for it."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

RATE = 48000
LIMIT_S = 20

Samples = npt.NDArray[np.float32]
"""One row for each moment, one column for each channel; 1.0 is the loudest."""


class RawRecording:
    """A context manager that records a source, at 48 kHz, while it is open."""

    def __init__(self, env: Mapping[str, str], device: str, channels: int = 1) -> None:
        self._channels = channels
        self._process = subprocess.Popen(
            [*_command("parec", device, channels), "--latency-msec=10"],
            env=dict(env),
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _end(self._process)

    def read(self, seconds: float) -> Samples:
        """Return what comes next; less when the stream has ended."""
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        left = round(seconds * RATE) * self._channels * 4
        deadline = time.monotonic() + seconds + LIMIT_S
        pieces = []
        while left:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"nothing came for {LIMIT_S} s"
            piece = os.read(pipe, left)
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
        return np.frombuffer(b"".join(pieces), np.float32).reshape(-1, self._channels)


def record_raw(env: Mapping[str, str], device: str, seconds: float, channels: int = 1) -> Samples:
    """Record a source; ask for as many channels as it has, for they are mixed otherwise."""
    with RawRecording(env, device, channels) as recording:
        samples = recording.read(seconds)
    assert len(samples) == round(seconds * RATE), f"the recording of {device} ended early"
    return samples


@contextlib.contextmanager
def play_tone(
    env: Mapping[str, str], device: str, hz: int = 1000, level: float = 0.5, channels: int = 1
) -> Iterator[None]:
    """Play a tone to the sink `device`; inside, it is heard there."""
    at = np.arange(RATE) / RATE
    tone = (level * np.sin(2 * np.pi * hz * at)).astype(np.float32)
    second = np.repeat(tone, channels).tobytes()
    process = subprocess.Popen(
        [*_command("pacat", device, channels), "--latency-msec=50"],
        env=dict(env),
        stdin=subprocess.PIPE,
    )

    def feed() -> None:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            while True:
                process.stdin.write(second)

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        with RawRecording(env, f"{device}.monitor", channels) as heard:
            deadline = time.monotonic() + LIMIT_S
            while loudness(heard.read(0.01)) < level / 4:
                assert time.monotonic() < deadline, f"no tone on {device}"
        yield
    finally:
        process.kill()
        feeder.join()
        _end(process)


def loudness(samples: Samples) -> float:
    """Return the root mean square; a sine of level 0.5 has 0.354."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def pitch(samples: Samples) -> float:
    """Return the frequency that is loudest on the first channel, in hertz."""
    window = np.hanning(len(samples))
    spectrum = np.abs(np.fft.rfft(samples[:, 0] * window))
    return float(np.argmax(spectrum)) * RATE / len(samples)


def _command(program: str, device: str, channels: int) -> list[str]:
    shape = ["--raw", "--format=float32le", f"--rate={RATE}", f"--channels={channels}"]
    return [program, f"--device={device}", *shape]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(LIMIT_S)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()
