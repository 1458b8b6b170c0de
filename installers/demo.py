"""Record ten seconds of the screen, or of a virtual one where there is none, and sum up."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xcffib

from installers.tune import tune
from installers.virtual_desktop import VirtualDesktop
from installers.virtual_sound import installed_server

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 10


def _has_screen() -> bool:
    # A Wayland session sets DISPLAY too, but what is read there is black.
    if os.environ.get("XDG_SESSION_TYPE") == "wayland" or os.environ.get("WAYLAND_DISPLAY"):
        return False
    try:
        xcffib.connect().disconnect()
    except xcffib.ConnectionException:
        return False
    return True


@contextlib.contextmanager
def _desktop() -> Iterator[dict[str, str]]:
    """Yield the environment of a desktop on which there is something to record."""
    if _has_screen():
        print(f"Recording your screen for {SECONDS} seconds.", flush=True)
        yield dict(os.environ)
        return
    print(f"No X11 screen here: recording a virtual one for {SECONDS} seconds.", flush=True)
    server = installed_server()
    with VirtualDesktop(sound=server) as desktop:
        program = str(ROOT / "installers" / "painter.py")
        window = ["--title", "notes.txt", "--geometry", "1280x720+320+180"]
        painter = subprocess.Popen(
            [sys.executable, program, "demo", *window],
            env=desktop.environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with painter:
            try:
                if painter.stdout is None or painter.stdout.readline() != "ready\n":
                    raise RuntimeError("The painter did not start.")
                # Longer than anything before and after the recording takes.
                with tune(desktop.environment, 6 * SECONDS) if server else contextlib.nullcontext():
                    yield desktop.environment
            finally:
                painter.terminate()


def _record(target: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run the recorder; return its exit code and what it printed."""
    command = [sys.executable, "-m", "recorder_app", "record"]
    command += ["--duration", str(SECONDS), "--output", str(target), "--json"]
    # In a process group of its own it gets Ctrl+C once, from here, and ends its file properly.
    with subprocess.Popen(
        command,
        cwd=ROOT,
        # Not into the library of whoever tries this.
        env=environment | {"XDG_DATA_HOME": str(target.parent / ".library")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as recorder:
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = [signal.signal(each, lambda got, _: recorder.send_signal(got)) for each in numbers]
        output, _ = recorder.communicate()
        for each, handler in zip(numbers, before, strict=True):
            signal.signal(each, handler)
    return recorder.returncode, output


def _summary(result: dict[str, Any]) -> str:
    codecs = ", ".join([result["video_codec"], *result["audio_codecs"]])
    heard = [f"{each['device']}, peak {each['peak_db']:.0f} dB" for each in result["sounds"]]
    lines = {
        "file": result["path"],
        "size": f"{result['size_bytes'] / 1e6:.2f} MB",
        "codecs": f"{codecs} in {result['container']}",
        "picture": f"{result['width']}x{result['height']}",
        "sound": "; ".join(heard) or "none",
        "duration": f"{result['duration_s']:.1f} s",
        "frames": f"{result['frames_captured']} captured, {result['frames_unchanged']} unchanged, "
        f"{result['frames_dropped']} dropped",
    }
    if result["truncated"]:
        lines["note"] = "the recording was cut short"
    if result["warnings"]:
        lines["warnings"] = "; ".join(map(str, result["warnings"]))
    return "\n".join(f"{name:>9}: {text}" for name, text in lines.items())


def main() -> int:
    """Return the recorder's exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Leave through the usual exits, so that the desktop is taken down.
        signal.signal(number, lambda got, _: sys.exit(128 + got))
    folder = ROOT / "demo-recordings"
    folder.mkdir(exist_ok=True)
    target = folder / time.strftime("demo-%Y-%m-%d-%H%M%S.webm")
    try:
        with _desktop() as environment:
            code, output = _record(target, environment)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    try:
        print(_summary(json.loads(output)))
    except (ValueError, KeyError, TypeError):
        # The recorder has said on the error output what went wrong.
        print(output, end="")
    return code


if __name__ == "__main__":
    sys.exit(main())
