"""Record through PortAudio until a line comes on stdin; print what came as JSON lines.

A process of its own: PortAudio reads the environment once, and one test must not see the devices
of another. Usage: ``python -m tests.support.portaudio NAME``.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time

from recorder_app.capture.portaudio import PortAudioSource
from recorder_app.errors import SourceUnavailable
from recorder_app.media.clock import NS_PER_S, SystemClock
from recorder_app.media.sound import AudioBlock, AudioGap, Level


class _Printer:
    def push_block(self, block: AudioBlock) -> None:
        _tell(
            kind="block",
            at_s=block.capture_ns / NS_PER_S,
            rate=block.rate,
            frames=len(block.samples),
            channels=block.samples.shape[1],
            rms_db=Level.of(block.samples).rms_db,
            lost=block.lost,
        )

    def push_gap(self, gap: AudioGap) -> None:
        _tell(kind="gap", is_lost=gap.is_lost, reason=gap.reason)


def _tell(**what: object) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    # Python prints warnings that nobody else takes, and stderr is to be empty.
    logging.getLogger().addHandler(logging.NullHandler())
    source = PortAudioSource(sys.argv[1], SystemClock())
    try:
        info = source.open()
    except SourceUnavailable as error:
        _tell(kind="refused", message=error.message, hint=error.hint)
        return
    _tell(kind="opened", description=info.description, channels=info.channels)
    stop = threading.Event()
    thread = threading.Thread(target=source.run, args=(_Printer(), stop))
    thread.start()
    sys.stdin.readline()
    began = time.monotonic()
    stop.set()
    thread.join(10)
    _tell(kind="ended", after_s=time.monotonic() - began, is_alive=thread.is_alive())


if __name__ == "__main__":
    main()
