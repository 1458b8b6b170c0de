"""Listing sound devices where there is no sound server."""

from __future__ import annotations

import time

import pytest

from recorder_app.services.devices import list_devices
from tests.support.fake_portaudio import FakeModule, driver

__all__ = ["driver"]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")


def test_microphones_of_the_drivers_are_listed(driver: FakeModule) -> None:
    found = list_devices(0.1)
    assert (found.server, found.problem) == ("PortAudio", "")
    assert [(each.name, each.kind, each.is_default) for each in found.devices] == [
        ("Mic", "microphone", True),
        ("Mic array", "microphone", False),
    ]
    assert all(each.works and each.peak_db == each.rms_db == -6.0 for each in found.devices)
    assert [stream.is_closed for stream in driver.streams] == [True, True]


def test_one_that_cannot_be_opened_says_so(
    driver: FakeModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise driver.PortAudioError("Device unavailable", -9985)

    monkeypatch.setattr(driver, "InputStream", refuse)
    for each in list_devices(0.1).devices:
        assert not each.works
        assert each.problem == f"{each.name} cannot be recorded (Device unavailable)."
        assert each.peak_db == -120


def test_many_devices_and_silent_ones_take_no_longer(
    driver: FakeModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.found = [(f"Mic {number}", 1) for number in range(30)]
    monkeypatch.setattr("tests.support.fake_portaudio.FakeStream.read_available", 0)
    began = time.monotonic()
    found = list_devices(0.4)
    assert time.monotonic() - began < 1.5
    assert len(found.devices) == 30
    problems = {each.problem for each in found.devices}
    assert problems <= {"It sends nothing.", "There was no time to listen to it."}
