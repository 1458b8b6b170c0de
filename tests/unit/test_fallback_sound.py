"""Which way to the microphone is taken, and what is said when none leads there."""

from __future__ import annotations

import threading

import pytest

from recorder_app.capture.base import SoundInfo, SoundSink
from recorder_app.capture.fallback_sound import Microphone, NoSystemSound
from recorder_app.capture.sources import create_system_sound
from recorder_app.errors import SoundServerUnavailable, SourceUnavailable
from recorder_app.media.clock import SystemClock
from recorder_app.media.sound import AudioBlock, AudioGap


class FakeSource:
    def __init__(self, name: str, error: SourceUnavailable | None = None) -> None:
        self.description = name
        self.error = error
        self.runs = self.closes = 0

    def open(self) -> SoundInfo:
        if self.error is not None:
            raise self.error
        return SoundInfo(self.description, 1, self.description)

    def run(self, _sink: SoundSink, _stop: threading.Event) -> None:
        self.runs += 1

    def close(self) -> None:
        self.closes += 1


class Sink:
    def __init__(self) -> None:
        self.gaps: list[AudioGap] = []

    def push_block(self, block: AudioBlock) -> None:
        raise AssertionError(block)

    def push_gap(self, gap: AudioGap) -> None:
        self.gaps.append(gap)


NONE = SoundServerUnavailable("No sound server is running.")
OTHER = SourceUnavailable("There is no microphone.")


@pytest.mark.parametrize(
    ("server", "drivers", "chosen"),
    [(None, None, "server"), (NONE, None, "drivers"), (NONE, OTHER, NONE), (OTHER, None, OTHER)],
)
def test_the_drivers_are_asked_when_there_is_no_server(
    server: SourceUnavailable | None,
    drivers: SourceUnavailable | None,
    chosen: str | SourceUnavailable,
) -> None:
    sources = FakeSource("server", server), FakeSource("drivers", drivers)
    microphone = Microphone(*sources)
    if isinstance(chosen, str):
        assert microphone.open().description == microphone.description == chosen
    else:
        with pytest.raises(SourceUnavailable) as caught:
            microphone.open()
        assert caught.value is chosen
    microphone.run(Sink(), threading.Event())
    microphone.close()
    assert [each.runs for each in sources] == ([0, 1] if chosen == "drivers" else [1, 0])
    assert [each.closes for each in sources] == [1, 1]


def test_the_code_is_that_of_any_missing_source() -> None:
    assert SoundServerUnavailable.code == SourceUnavailable.code
    assert SoundServerUnavailable.exit_code == 3


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_elsewhere_system_sound_is_refused_and_silent(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    source = create_system_sound(SystemClock())
    assert isinstance(source, NoSystemSound)
    with pytest.raises(SourceUnavailable, match="on Linux only for now"):
        source.open()
    sink, stop = Sink(), threading.Event()
    thread = threading.Thread(target=source.run, args=(sink, stop))
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    stop.set()
    thread.join(1)
    assert not thread.is_alive()
    [gap] = sink.gaps
    assert gap.is_lost
