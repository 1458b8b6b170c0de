"""Say what gets the focus, as a screen reader would, run by the system's own Python.

    python3 atspi_focus.py PID      prints "ready", then each thing as JSON: its role and its name

Menus are in no tree of widgets that can be read; this is how people who do not see hear of them.
"""

import json
import sys
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402


def main() -> None:
    pid = int(sys.argv[1])

    def focused(event: Any) -> None:
        try:
            source = event.source
            if event.detail1 and source.get_process_id() == pid:
                print(json.dumps([source.get_role_name(), source.get_name() or ""]), flush=True)
        except GLib.Error:
            # It has gone already.
            return

    listener = Atspi.EventListener.new(focused)
    listener.register("object:state-changed:focused")
    print(json.dumps("ready"), flush=True)
    Atspi.event_main()


if __name__ == "__main__":
    main()
