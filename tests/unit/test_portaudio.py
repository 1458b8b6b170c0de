"""What PortAudioSource makes of a driver's faults, with a driver made for that."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from recorder_app.capture import portaudio, portaudio_library
from recorder_app.capture.portaudio import PortAudioSource
from recorder_app.errors import SourceUnavailable
from recorder_app.media.clock import SystemClock
from recorder_app.media.sound import AudioBlock, AudioGap
from tests.support.fake_portaudio import RATE, FakeModule, FakeStream, driver

__all__ = ["driver"]


class Sink:
    def __init__(self) -> None:
        self.blocks: list[AudioBlock] = []
        self.gaps: list[AudioGap] = []

    def push_block(self, block: AudioBlock) -> None:
        self.blocks.append(block)

    def push_gap(self, gap: AudioGap) -> None:
        self.gaps.append(gap)


def wait(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Running:
    """A context manager: a source at work; leaving it takes less than 0.2 s."""

    def __init__(self, source: PortAudioSource) -> None:
        self.sink = Sink()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=source.run, args=(self.sink, self._stop))

    def __enter__(self) -> Sink:
        self._thread.start()
        return self.sink

    def __exit__(self, *_: object) -> None:
        began = time.monotonic()
        self._stop.set()
        self._thread.join(10)
        assert time.monotonic() - began < 0.2


def test_frames_lost_are_counted_by_the_time_that_passed(driver: FakeModule) -> None:
    source = PortAudioSource("default", SystemClock())
    assert source.open().channels == 1
    with Running(source) as sink:
        wait(lambda: len(sink.blocks) > 3)
        driver.streams[0].missing = 4800
        time.sleep(0.3)
        wait(lambda: any(each.lost for each in sink.blocks))
    [lost] = [each.lost for each in sink.blocks if each.lost]
    assert lost == pytest.approx(4800, abs=0.01 * RATE)
    assert driver.streams[0].is_closed


def test_a_device_that_fails_is_opened_again(driver: FakeModule) -> None:
    source = PortAudioSource("Mic", SystemClock())
    source.open()
    starts = driver.starts
    with Running(source) as sink:
        wait(lambda: sink.blocks)
        driver.found, driver.default.device = [], [-1, -1]
        driver.streams[0].is_dead = True
        wait(lambda: len(sink.gaps) > 1)
        assert sink.gaps[0].is_lost
        assert sink.gaps[0].reason == (
            "Mic cannot be recorded (Unanticipated host error: No such device)."
        )
        assert sink.gaps[1].reason == "There is no microphone “Mic”."
        # Its list is as old as PortAudio is.
        assert driver.starts > starts
        driver.found, driver.default.device = [("Mic", 1)], [0, -1]
        count = len(sink.blocks)
        wait(lambda: len(sink.blocks) > count)
    assert [stream.is_closed for stream in driver.streams] == [True, True]


def test_a_device_that_sends_nothing_is_opened_again(
    driver: FakeModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portaudio, "_STALL_S", 0.2)
    source = PortAudioSource("Mic", SystemClock())
    source.open()
    driver.streams[0].is_mute = True
    with Running(source) as sink:
        wait(lambda: sink.blocks)
    assert [gap.reason for gap in sink.gaps] == ["Mic sends nothing."]


def test_two_sources_do_not_restart_the_library_under_each_other(driver: FakeModule) -> None:
    first, second = (PortAudioSource(name, SystemClock()) for name in ("Mic", "Mic array"))
    first.open()
    starts = driver.starts
    assert second.open().channels == 2
    assert driver.starts == starts
    first.close()
    second.close()
    first.open()
    assert driver.starts == starts + 1
    first.close()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mi", "Several microphones match “mi”: Mic, Mic array."),
        ("Speakers", "There is no microphone “Speakers”."),
        ("usb", "There is no microphone “usb”."),
    ],
)
def test_a_name_that_will_not_do_is_refused(driver: FakeModule, name: str, message: str) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        PortAudioSource(name, SystemClock()).open()
    assert caught.value.message == message
    assert caught.value.hint
    assert not driver.streams


def test_a_name_that_is_a_whole_name_is_not_ambiguous(driver: FakeModule) -> None:
    source = PortAudioSource("Mic", SystemClock())
    assert source.open().description == "Mic"
    source.close()
    assert driver.streams[0].is_closed


def test_without_a_default_there_is_no_microphone(driver: FakeModule) -> None:
    driver.default.device = [-1, -1]
    with pytest.raises(SourceUnavailable, match="There is no microphone"):
        PortAudioSource("default", SystemClock()).open()


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(SourceUnavailable, match="Install libportaudio2"):
        PortAudioSource("default", SystemClock()).open()


def test_a_call_that_hangs_is_left_behind_and_undone_when_it_comes(
    driver: FakeModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    opened = driver.InputStream

    def hang(**options: Any) -> FakeStream:
        go_on.wait(10)
        return opened(**options)

    monkeypatch.setattr(driver, "InputStream", hang)
    monkeypatch.setattr(portaudio_library, "CALL_LIMIT_S", 0.2)
    source = PortAudioSource("Mic", SystemClock())
    try:
        with pytest.raises(SourceUnavailable, match="does not answer"):
            source.open()
        # No second one is sent after it.
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match="does not answer"):
            source.open()
        assert time.monotonic() - began < 0.1
    finally:
        go_on.set()
    wait(lambda: driver.streams and driver.streams[0].is_closed)
    wait(lambda: not portaudio_library._left_behind)
    monkeypatch.setattr(driver, "InputStream", opened)
    source.open()
    source.close()
