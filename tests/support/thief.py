"""Another program that has a shortcut already."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping

_THIEF = """
import sys, xcffib, xcffib.xproto
from recorder_app.system.keys import parse_shortcut
from recorder_app.system.x11_keys import Keyboard
connection = xcffib.connect()
root = connection.get_setup().roots[0].root
[(code, modifiers)] = Keyboard(connection).combinations(parse_shortcut(sys.argv[1]))
connection.core.GrabKeyChecked(True, root, modifiers, code, 1, 1).check()
print("ready", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def key_thief(env: Mapping[str, str], keys: str) -> Iterator[None]:
    """Have another program hold that combination of keys."""
    with subprocess.Popen(
        [sys.executable, "-c", _THIEF, keys],
        env=dict(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield
        finally:
            process.kill()
