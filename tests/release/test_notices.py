"""What a bundle says of what it brings along."""

from __future__ import annotations

from importlib import metadata

from installers import notices


def test_every_distribution_is_there_with_its_licence_and_text() -> None:
    modules = ["av.container", "click", "numpy.linalg", "recorder_app.cli", "json", "os"]
    told = notices.text(modules, ["libx264-d6533a8d.so.165", "libx265.so.216", "libopus.so.0"])
    for name in ("av", "click", "numpy", "pyinstaller"):
        one = metadata.distribution(name)
        assert f"\n{one.metadata['Name']} {one.version}\nLicence: " in told
    assert "Licence: BSD-3-Clause" in told
    # Texts, not only names.
    assert "Redistribution and use in source and binary forms" in told
    assert "GNU GENERAL PUBLIC LICENSE" in told
    assert "\nPython 3." in told
    assert "recorder-app 0" not in told


def test_of_those_that_fill_one_folder_only_what_is_bundled_is_named() -> None:
    files = ["PySide6/QtCore.abi3.so", "resources/icons/app.svg"]
    told = [one.metadata["Name"] for one in notices.distributions(["PySide6"], files)]
    assert "PySide6_Essentials" in told
    assert "PySide6_Addons" not in told


def test_the_ffmpeg_of_qts_player_is_named() -> None:
    told = notices.text(["PySide6"], ["PySide6/Qt/lib/libavcodec.so.61"])
    assert "FFmpeg of Qt's player: LGPL-2.1-or-later." in told


def test_it_says_why_a_bundle_is_under_the_gpl() -> None:
    told = notices.text([], ["libx264-d6533a8d.so.165", "libx265-f5385bb8.so.216", "libfoo.so"])
    assert "x264: GPL-2.0-or-later." in told
    assert "x265: GPL-2.0-or-later." in told
    head, _, _ = told.partition("=" * 20)
    assert "taken as a whole, is under the GPL" in head
    assert "FFmpeg " in head
