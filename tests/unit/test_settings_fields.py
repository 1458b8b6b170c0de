"""The declaration of the stored settings, their checks, and names made from a template."""

from __future__ import annotations

from datetime import datetime

import pytest

from recorder_app.capture.targets import parse_target
from recorder_app.errors import InvalidSettingError, RecorderError
from recorder_app.media import profiles
from recorder_app.settings.declaration import all_settings, setting, settings_of
from recorder_app.settings.naming import (
    DEFAULT_TEMPLATE,
    checked_template,
    file_stem,
    preview,
)
from recorder_app.settings.shortcuts import checked_shortcut

NOW = datetime(2026, 3, 31, 9, 5, 7)


def test_every_setting_says_what_it_is_and_its_default_is_possible() -> None:
    for one in [*all_settings(), *settings_of("presets").values()]:
        assert one.title
        assert one.help
        assert one.allowed
        assert one.checked(one.default) == one.default
        assert one.value_type is not bool or one.default in (True, False, None)
        assert (one.least is None) == (one.value_type in (str, bool)), one.key


def test_choices_are_what_the_engine_knows() -> None:
    assert setting("video.format").form.choices == tuple(profiles.load().profiles)
    assert setting("video.quality").form.choices == profiles.QUALITIES


@pytest.mark.parametrize(
    "text",
    [
        *("all", "monitor:1", "monitor:0", "monitor:x", "moon", "", "all:1", "window:"),
        *("region:1,-2,640x480", "region:1,2", "window:A b", "synthetic:pattern@320x180"),
    ],
)
def test_targets_are_those_that_can_be_recorded(text: str) -> None:
    try:
        parse_target(text)
    except RecorderError:
        with pytest.raises(InvalidSettingError):
            setting("capture.target").checked(text)
    else:
        assert setting("capture.target").checked(text) == text


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("capture.fps", " 60 ", 60),
        ("sound.mic_gain", "-6", -6.0),
        ("sound.denoise", "Yes", True),
        ("sound.system_audio", "auto", None),
        ("sound.system_audio", "off", False),
        ("stop.at_clock", "7:05", "07:05"),
        ("presets.a b.mic", "auto", None),
        ("files.folder", "", ""),
    ],
)
def test_what_people_write_is_understood(key: str, text: str, value: object) -> None:
    assert setting(key).parsed(text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("capture.fps", "1e9"),
        ("capture.fps", "6.5"),
        ("sound.mic_gain", "inf"),
        ("sound.mic", " "),
        ("sound.denoise", "auto"),
        ("files.folder", "/x\udce9"),
        ("files.name", "x\udce9"),
        ("library.storage_limit_gb", "-1"),
        ("library.delete_project", "a\nb"),
    ],
)
def test_what_is_not_possible_is_refused_by_its_key(key: str, text: str) -> None:
    with pytest.raises(InvalidSettingError) as raised:
        setting(key).parsed(text)
    assert key in raised.value.message
    assert raised.value.hint


def test_names_are_made_from_the_template() -> None:
    def stem(template: str, title: str = "") -> str:
        return file_stem(checked_template(template), kind="Screen", title=title, now=NOW, number=7)

    assert stem(DEFAULT_TEMPLATE) == "Screen 2026-03-31 09.05.07"
    assert stem("{number} {title} {date}") == "7 2026-03-31"
    assert stem("{title}", "a/b: c\x00") == "a b c"
    assert stem("{title}") == "Screen"
    assert stem("{title}", "..hidden") == "hidden"
    assert stem("{title}", "con") == "_con"
    assert len(stem("{title}", "ü" * 300).encode()) <= 180
    assert preview("{type} {number}", NOW) == "Screen 1"


@pytest.mark.parametrize("template", ["", "  ", "{typ}", "{type", "a/b", "a:b", ".x", "x" * 300])
def test_templates_that_make_no_name_are_refused(template: str) -> None:
    with pytest.raises(InvalidSettingError) as raised:
        checked_template(template)
    assert raised.value.message
    assert "{number}" in raised.value.hint


def test_shortcuts_have_one_spelling() -> None:
    assert checked_shortcut("alt+CTRL+r") == "Ctrl+Alt+R"
    assert checked_shortcut("win+f5") == "Meta+F5"
    assert checked_shortcut("print") == "Print"
    assert checked_shortcut(" ") == ""
    for wrong in ("r", "Shift+R", "Ctrl+", "Ctrl", "Foo+R", "Ctrl+Alt+RR", "+"):
        with pytest.raises(InvalidSettingError):
            checked_shortcut(wrong)


def test_default_shortcuts_differ() -> None:
    defaults = [one.default for one in settings_of("shortcuts").values()]
    assert len(set(defaults)) == len(defaults)
    assert all(checked_shortcut(text) == text for text in defaults)
