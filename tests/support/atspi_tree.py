"""Read and press another program's widgets, run by the system's own Python, which has Atspi.

    python3 atspi_tree.py APPLICATION                           prints the tree as JSON
    python3 atspi_tree.py APPLICATION --press ROLE NAME         does the first action of a widget
    python3 atspi_tree.py APPLICATION --text ROLE NAME TEXT     writes into a field
    python3 atspi_tree.py APPLICATION --ask                     prints how long it takes to answer

Needs nothing of the project. Ends with 3 when there is no such application or widget.
"""

import argparse
import json
import sys
import time
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# Programs may have gone, or answer nobody.
_TIMEOUT_MS = 5000
_MOST_WIDGETS = 20_000


def application(name: str) -> Any:
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(index)
        if child is not None and (child.get_name() == name or str(child.get_process_id()) == name):
            return child
    return None


def actions(node: Any) -> list[str]:
    action = node.get_action_iface()
    if action is None:
        return []
    return [Atspi.Action.get_action_name(action, at) for at in range(action.get_n_actions())]


def children(node: Any) -> list[Any]:
    found = (node.get_child_at_index(index) for index in range(node.get_child_count()))
    return [child for child in found if child is not None]


def is_hidden(node: Any) -> bool:
    """Return whether nothing of it is seen: pages of a window that are not open, closed windows.

    What is in them says of itself that it is showing, and to ask for all of it takes long.
    """
    is_showing = node.get_state_set().contains(Atspi.StateType.SHOWING)
    return not is_showing and node.get_role() != Atspi.Role.APPLICATION


def described(node: Any, budget: list[int]) -> dict[str, Any]:
    budget[0] -= 1
    rect = [0, 0, 0, 0]
    component = node.get_component_iface()
    if component is not None:
        extents = component.get_extents(Atspi.CoordType.SCREEN)
        rect = [extents.x, extents.y, extents.width, extents.height]
    states = [state.value_nick for state in node.get_state_set().get_states()]
    text = node.get_text_iface()
    inside = [] if is_hidden(node) else children(node)
    return {
        "role": node.get_role_name(),
        "name": node.get_name() or "",
        "description": node.get_description() or "",
        "text": Atspi.Text.get_text(text, 0, -1) if text is not None else "",
        "rect": rect,
        "states": states,
        "actions": actions(node),
        "children": [described(c, budget) for c in inside] if budget[0] > 0 else [],
    }


def widget(node: Any, role: str, name: str) -> Any:
    # Windows that are hidden may have buttons of the same name.
    if is_hidden(node):
        return None
    if node.get_role_name() == role and node.get_name() == name:
        return node
    for child in children(node):
        found = widget(child, role, name)
        if found is not None:
            return found
    return None


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("application")
    parser.add_argument("--press", nargs=2)
    parser.add_argument("--text", nargs=3)
    parser.add_argument("--ask", action="store_true")
    options = parser.parse_args()
    Atspi.set_timeout(_TIMEOUT_MS, _TIMEOUT_MS)
    top = application(options.application)
    if top is None:
        return 3
    try:
        if options.ask:
            # Where a window is, is known only to its program.
            started = time.monotonic()
            top.get_child_at_index(0).get_component_iface().get_extents(Atspi.CoordType.SCREEN)
            print(time.monotonic() - started)
            return 0
        if options.press or options.text:
            found = widget(top, *(options.press or options.text[:2]))
            if found is None:
                return 3
            if options.press:
                return 0 if found.get_action_iface().do_action(0) else 1
            return 0 if found.get_editable_text_iface().set_text_contents(options.text[2]) else 1
        print(json.dumps(described(top, [_MOST_WIDGETS])))
    except GLib.Error as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
