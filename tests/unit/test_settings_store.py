"""The file of the stored settings: what is kept, what is told, and who may write at once."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from recorder_app.errors import (
    InvalidSettingError,
    SettingsBroken,
    SettingsError,
    SettingsTooNew,
    UnknownSettingError,
)
from recorder_app.settings import Settings
from recorder_app.settings.app_areas import Preset
from recorder_app.settings.store import SettingsStore
from tests.support.command import LIMIT_S, ROOT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def written(path: Path, text: str) -> SettingsStore:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return SettingsStore(path)


def told(store: SettingsStore) -> str:
    return "\n".join(str(problem) for problem in store.problems)


def test_without_a_file_there_are_the_defaults_and_reading_makes_none(path: Path) -> None:
    store = SettingsStore(path)
    assert store.current == Settings()
    assert store.problems == ()
    assert not path.parent.exists()


def test_a_change_is_kept_for_this_user_alone(path: Path) -> None:
    changed = SettingsStore(path).update("video", format="mp4", quality="high")
    assert (changed.video.format, changed.video.quality) == ("mp4", "high")
    assert SettingsStore(path).current == changed
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "schema = 1" in path.read_text()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_write_that_fails_leaves_the_file_and_the_settings(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SettingsStore(path)
    store.update("video", format="mp4")
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError) as raised:
        store.update("video", format="av1")
    assert "try again" in raised.value.hint
    assert path.read_bytes() == before
    assert store.current.video.format == "mp4"
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_comments_and_unknown_keys_stay_and_the_nearest_name_is_told(path: Path) -> None:
    store = written(
        path,
        "# mine\nschema = 1\n\n[video]\n# for the blog\nformat = 'mp4'  # plays everywhere\n"
        "qualty = 'high'\n\n[later]\nx = [1, 2]\n",
    )
    assert "video.qualty" in told(store)
    assert "video.quality?" in told(store)
    assert "later" in told(store)
    store.update("video", format="av1")
    store.update("sound", mic="default")
    store.reset("video")
    store.update("video", quality="low")
    text = path.read_text()
    for kept in ("# mine", "# for the blog", "qualty = 'high'", "[later]\nx = [1, 2]"):
        assert kept in text
    current = SettingsStore(path).current
    assert (current.video.format, current.video.quality) == ("webm", "low")
    assert current.sound.mic == "default"


def test_a_comment_behind_a_value_stays_when_it_changes(path: Path) -> None:
    store = written(path, "[capture]\nfps = 25 # for the TV\n")
    store.update("capture", fps=50)
    assert "fps = 50 # for the TV" in path.read_text()


WRONG: dict[str, tuple[str, str]] = {
    "type": ("[capture]\nfps = 'many'\ndelay = 3\n", "1 to 120"),
    "a truth is no number": ("[capture]\nfps = true\ndelay = 3\n", "1 to 120"),
    "bounds": ("[capture]\nfps = 500\ndelay = 3\n", "1 to 120"),
    "enormous": (f"[capture]\nfps = {10**30}\ndelay = 3\n", "1 to 120"),
    "no number": ("[sound]\nmic_gain = nan\n[capture]\ndelay = 3\n", "-40 to 40"),
    "choice": ("[video]\nformat = 'avi'\n[capture]\ndelay = 3\n", "webm, mp4, av1"),
    "no table": ("video = 3\n[capture]\ndelay = 3\n", "[video]"),
    "target": ("[capture]\ntarget = 'moon'\ndelay = 3\n", "monitor:N"),
    "clock": ("[stop]\nat_clock = '25:00'\n[capture]\ndelay = 3\n", "17:30"),
    "folder": ("[files]\nfolder = 'x/y'\n[capture]\ndelay = 3\n", "whole path"),
    "template": ("[files]\nname = '{typ}'\n[capture]\ndelay = 3\n", "{date}"),
    "shortcut": ("[shortcuts]\npause = 'Ctrl+Alt'\n[capture]\ndelay = 3\n", "Ctrl+Alt+R"),
    "preset": ("[presets.a]\nquality = 'best'\n[capture]\ndelay = 3\n", "near-lossless"),
    "preset without a name": ("[presets.'']\n[capture]\ndelay = 3\n", "letters"),
    "schema": ("schema = 'x'\n[capture]\nfps = 0\ndelay = 3\n", "1 to 120"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_falls_back_alone_and_is_told(path: Path, case: str) -> None:
    text, allowed = WRONG[case]
    store = written(path, text)
    assert len(store.problems) == 1
    assert allowed in told(store)
    defaults = Settings()
    assert store.current.capture.delay == 3
    assert store.current.capture.fps == defaults.capture.fps
    assert store.current.video == defaults.video
    assert store.current.shortcuts == defaults.shortcuts
    assert path.read_text() == text


def test_a_wrong_value_is_replaced_by_one_that_compares_equal(path: Path) -> None:
    store = written(path, "[sound]\ndenoise = 1\n")
    assert store.problems
    store.update("sound", denoise=True)
    assert not SettingsStore(path).problems
    assert SettingsStore(path).current.sound.denoise


@pytest.mark.parametrize(
    "content", [b"[video\n", b"\xff\xfe", b"a = " + b"[" * 5000, b"a=1\na=2\n"]
)
def test_a_broken_file_is_set_aside_and_told(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    store = SettingsStore(path)
    assert store.current == Settings()
    assert isinstance(store.problems[0], SettingsBroken)
    (aside,) = path.parent.glob("settings.toml.broken-*")
    assert aside.read_bytes() == content
    assert aside.name in told(store)
    assert not path.exists()
    store.update("video", format="mp4")
    assert SettingsStore(path).current.video.format == "mp4"


def test_who_only_looks_leaves_a_broken_file(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("[video")
    store = SettingsStore(path, keeps_broken=True)
    assert store.current == Settings()
    assert store.problems
    assert path.read_text() == "[video"


def test_a_file_that_breaks_while_it_is_edited_changes_nothing(path: Path) -> None:
    store = SettingsStore(path)
    store.update("video", format="mp4")
    path.write_text("[vid")
    assert store.reload_if_changed()
    assert store.current.video.format == "mp4"
    assert store.problems
    assert path.read_text() == "[vid"
    store.update("capture", fps=60)
    again = SettingsStore(path).current
    assert (again.video.format, again.capture.fps) == ("mp4", 60)
    assert list(path.parent.glob("*.broken-*"))


@pytest.mark.parametrize(
    ("area", "changes", "allowed"),
    [
        ("video", {"format": "avi"}, "webm, mp4, av1"),
        ("capture", {"fps": 0}, "1 to 120"),
        ("capture", {"fps": "30"}, "1 to 120"),
        ("video", {"formt": "mp4"}, "video.format?"),
        ("vidoe", {"format": "mp4"}, "video?"),
        ("shortcuts", {"pause": "ctrl+alt+r"}, "Choose another"),
        ("presets", {"a": Preset(shortcut="Ctrl+Alt+R")}, "Choose another"),
        ("presets", {"a.b": Preset()}, "letters"),
    ],
)
def test_a_wrong_change_is_refused_and_nothing_is_kept(
    path: Path, area: str, changes: dict[str, Any], allowed: str
) -> None:
    store = SettingsStore(path)
    with pytest.raises(InvalidSettingError) as raised:
        store.update(area, **changes)
    assert allowed in str(raised.value)
    assert store.current == Settings()
    assert not path.exists()


def test_a_shortcut_of_choice_goes_before_a_default(path: Path) -> None:
    store = written(path, "[shortcuts]\npause = 'alt + ctrl+r'\n")
    assert store.current.shortcuts.pause == "Ctrl+Alt+R"
    assert store.current.shortcuts.start_stop == ""
    assert "start_stop" in told(store)


def test_presets_come_and_go(path: Path) -> None:
    store = SettingsStore(path)
    demo = Preset(target="all", quality="high", system_audio=False, shortcut="ctrl+alt+1")
    store.update("presets", **{"my demo": demo, "other": Preset()})
    read = SettingsStore(path).current.presets
    assert read["my demo"].shortcut == "Ctrl+Alt+1"
    assert read["my demo"].format is None
    assert read["my demo"].system_audio is False
    store.update("presets", other=None)
    assert list(SettingsStore(path).current.presets) == ["my demo"]
    store.reset("presets")
    assert not SettingsStore(path).current.presets


def test_a_none_takes_the_key_away(path: Path) -> None:
    store = SettingsStore(path)
    store.update("sound", system_audio=False)
    assert SettingsStore(path).current.sound.system_audio is False
    store.update("sound", system_audio=None)
    assert SettingsStore(path).current.sound.system_audio is None


def test_reset_of_one_of_an_area_and_of_all(path: Path) -> None:
    store = SettingsStore(path)
    store.update("video", format="mp4", quality="low")
    store.update("capture", fps=60)
    assert store.reset("video", "format").video.quality == "low"
    assert store.reset("video").capture.fps == 60
    assert store.reset() == Settings()
    with pytest.raises(UnknownSettingError):
        store.reset("vidoe")


def test_old_schemas_are_brought_up_to_date_when_they_are_written(path: Path) -> None:
    def renamed(table: dict[str, Any]) -> dict[str, Any]:
        table["video"] = table.pop("picture", {})
        return table

    def doubled(table: dict[str, Any]) -> dict[str, Any]:
        table["capture"]["fps"] *= 2
        return table

    text = "# mine\n[picture]\nformat = 'mp4'\n[capture]\nfps = 25 # TV\n"
    path.parent.mkdir()
    path.write_text(text)
    store = SettingsStore(path, migrations=(renamed, doubled))
    assert (store.current.video.format, store.current.capture.fps) == ("mp4", 50)
    assert path.read_text() == text
    store.update("capture", delay=3)
    assert path.read_text().startswith("# mine\n")
    assert "schema = 3" in path.read_text()
    again = SettingsStore(path, migrations=(renamed, doubled))
    assert again.current == store.current
    assert not again.problems


def test_a_newer_file_is_read_and_never_written(path: Path) -> None:
    store = written(path, "schema = 99\n[video]\nformat = 'mp4'\n")
    assert store.current.video.format == "mp4"
    assert isinstance(store.problems[0], SettingsTooNew)
    with pytest.raises(SettingsTooNew):
        store.update("video", format="av1")
    assert "schema = 99" in path.read_text()


def test_subscribers_hear_of_changes_and_of_nothing_else(path: Path) -> None:
    store, other = SettingsStore(path), SettingsStore(path)
    heard: list[str] = []

    def fails(_: Settings) -> None:
        raise ValueError

    store.subscribe(fails)
    end = store.subscribe(lambda settings: heard.append(settings.video.format))
    store.update("video", format="mp4")
    store.update("video", format="mp4")
    assert heard == ["mp4"]
    assert not store.reload_if_changed()
    assert other.reload_if_changed()
    other.update("video", format="av1")
    assert store.reload_if_changed()
    assert heard == ["mp4", "av1"]
    end()
    store.update("video", format="webm")
    assert heard == ["mp4", "av1"]


def test_a_snapshot_does_not_change(path: Path) -> None:
    store = SettingsStore(path)
    snapshot = store.current
    store.update("video", format="mp4")
    assert snapshot.video.format == "webm"


_WRITER = """
import sys
from pathlib import Path
from recorder_app.settings.app_areas import Preset
from recorder_app.settings.store import SettingsStore
store = SettingsStore(Path(sys.argv[1]))
sys.stdin.readline()
for number in range(25):
    store.update("presets", **{f"{sys.argv[2]}{number}": Preset(quality="high")})
"""


def test_two_processes_that_write_at_once_lose_nothing_of_each_other(path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path), name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=LIMIT_S)
        assert writer.returncode == 0
    assert len(SettingsStore(path).current.presets) == 50


def test_threads_that_write_at_once_lose_nothing(path: Path) -> None:
    store = SettingsStore(path)
    names = [f"p{number}" for number in range(8)]
    threads = [
        threading.Thread(target=lambda name=name: store.update("presets", **{name: Preset()}))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_S)
    assert sorted(store.current.presets) == names


def test_a_link_stays_one(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    (tmp_path / "elsewhere.toml").write_text("")
    path.symlink_to(tmp_path / "elsewhere.toml")
    SettingsStore(path).update("video", format="mp4")
    assert path.is_symlink()
    assert "mp4" in (tmp_path / "elsewhere.toml").read_text()
