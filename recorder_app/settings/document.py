"""The settings file as text: reading it, and changing it so that people's comments stay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from recorder_app.errors import SettingsBroken
from recorder_app.texts import N_

if TYPE_CHECKING:
    from tomlkit.container import Container
    from tomlkit.items import Table as TomlTable

_HEADER = "# Settings of the recorder. “recorder-app settings” says what there is to set.\n"
# Ours is some kilobytes; what is this large is something else.
_MOST_BYTES = 1_000_000


def parse(content: bytes, path: Path) -> dict[str, Any]:
    """Return the tables in `content`. Raises SettingsBroken."""
    if not content:
        return {}
    import tomllib

    try:
        if len(content) > _MOST_BYTES:
            raise ValueError(N_("it is too large"))
        # Windows editors begin with a byte order mark.
        return tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SettingsBroken(
            N_("The settings in {path} cannot be read ({reason})."),
            hint=N_("The defaults are used."),
            path=path,
            reason=" ".join(str(error).split())[:200],
        ) from error


def changed(
    content: bytes, before: dict[str, Any], after: dict[str, Any], header: str = _HEADER
) -> bytes:
    """Return `content`, which says `before`, so that it says `after`; the rest of it stays.

    A new file begins with `header`.
    """
    # Only who writes pays for it.
    import tomlkit

    text = content.decode("utf-8-sig") or header
    document = tomlkit.parse(text)
    _apply(document, before, after)
    return tomlkit.dumps(document).encode()


def _apply(table: Container | TomlTable, before: dict[str, Any], after: dict[str, Any]) -> None:
    import tomlkit

    for name in before.keys() - after.keys():
        table.remove(name)
    for name, value in after.items():
        old = before.get(name)
        if isinstance(value, dict):
            if not isinstance(old, dict):
                table[name], old = tomlkit.table(), {}
            _apply(table[name], old, value)
        elif name not in before or type(old) is not type(value) or old != value:
            table[name] = value
