"""A soft tune for the speakers of the virtual desktop, so that the demo has something to hear."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator, Mapping

import numpy as np

_RATE = 48_000
_NOTE_S = 0.4
_NOTES_HZ = (262, 330, 392, 523, 659, 523, 392, 330)
_LEVEL = 0.2


@contextlib.contextmanager
def tune(environment: Mapping[str, str], seconds: float) -> Iterator[None]:
    """Play it to the default speakers of `environment`, for so long at most, and inside only."""
    at = np.arange(round(_NOTE_S * _RATE)) / _RATE
    # Each note begins and ends at nothing: no clicks.
    shape = (
        _LEVEL * np.minimum(at / 0.01, 1) * np.exp(-5 * at) * np.minimum(1, (_NOTE_S - at) / 0.05)
    )
    bar = np.concatenate([shape * np.sin(2 * np.pi * hz * at) for hz in _NOTES_HZ])
    repeats = round(seconds * _RATE / len(bar)) + 1
    with tempfile.TemporaryFile() as samples:
        samples.write(np.tile(bar.astype(np.float32), repeats).tobytes())
        samples.seek(0)
        command = ["pacat", "--raw", "--format=float32le", f"--rate={_RATE}", "--channels=1"]
        with subprocess.Popen(
            [*command, "--latency-msec=50"],
            env=dict(environment),
            stdin=samples,
            start_new_session=True,
        ) as player:
            try:
                yield
            finally:
                player.terminate()
