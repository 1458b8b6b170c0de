"""Open the picker as the app would and print what was picked as JSON; for tests with a display."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from recorder_app.ui import style
from recorder_app.ui.picker import AreaPicker, Picked
from recorder_app.ui.sound_choices import SoundOffer

SOUND = SoundOffer(
    (("default", "Default microphone"), ("usb", "USB Audio Analog Stereo")), "usb", True
)


def main() -> None:
    """Print ``ready`` when the picker has the keyboard, then an object, or null when it is left.

    The process stays, as the app does.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["area", "window", "screen", "screenshot"])
    parser.add_argument("--last", type=lambda text: tuple(map(int, text.split(","))))
    parser.add_argument("--theme", default="light")
    parser.add_argument("--picture", help="where the picture of a screenshot is put")
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    theme = style.chosen_theme(options.theme)
    style.apply(app, theme)
    picker = AreaPicker(theme, reduced_motion=True)
    picker.set_sound(SOUND)
    picker.microphone_chosen.connect(
        lambda name: picker.set_sound(replace(picker.sound, microphone=name))
    )
    picker.system_sound_chosen.connect(
        lambda is_on: picker.set_sound(replace(picker.sound, has_system_sound=is_on))
    )

    def say(what: object) -> None:
        print(json.dumps(what), flush=True)

    def on_picked(picked: Picked) -> None:
        if picked.picture is not None and options.picture:
            # The type stubs want bytes for the format; Qt itself takes either.
            picked.picture.save(options.picture, "PNG")  # type: ignore[call-overload]
        say(
            {
                "kind": picked.kind,
                "rect": picked.rect,
                "target": picked.target,
                "action": picked.action,
            }
        )

    def look() -> None:
        if any(overlay.isActiveWindow() for overlay in picker.overlays):
            ready.stop()
            print("ready", flush=True)

    picker.picked.connect(on_picked)
    picker.left.connect(lambda: say(None))
    picker.saved.connect(lambda path: say(str(path)))
    ready = QTimer(interval=20)
    ready.timeout.connect(look)
    ready.start()
    picker.open(options.mode, options.last)
    app.exec()


if __name__ == "__main__":
    main()
