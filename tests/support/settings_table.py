"""The README's table of settings, made from their declaration.

``python -m tests.support.settings_table`` writes it anew.
"""

from __future__ import annotations

from recorder_app.settings.declaration import PRESETS, all_settings, settings_of, shown_value
from tests.support.command import ROOT

README = ROOT / "README.md"
REGENERATE = ".venv/bin/python -m tests.support.settings_table"
BEGIN, END = "<!-- settings: begin -->\n", "<!-- settings: end -->\n"


def table() -> str:
    """Return the table as the declaration has it."""
    lines = ["| setting | default | meaning |", "|---|---|---|"]
    of_presets = [(f"{PRESETS}.NAME.{one.name}", one) for one in settings_of(PRESETS).values()]
    for key, one in [*((each.key, each) for each in all_settings()), *of_presets]:
        default = "" if one.default == "" else f"`{shown_value(one.default)}`"
        choices = ", ".join(f"`{choice}`" for choice in one.form.choices)
        # Where the help does not name the choices itself.
        if choices and not all(choice in one.help for choice in one.form.choices):
            choices = f" {choices}"
        else:
            choices = ""
        lines.append(f"| `{key}` | {default} | {one.help}{choices} |".replace("  ", " "))
    return "\n".join(lines) + "\n"


def in_readme() -> str:
    """Return the table as the README has it."""
    return README.read_text().partition(BEGIN)[2].partition(END)[0]


def main() -> None:
    text = README.read_text()
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    README.write_text(f"{before}{BEGIN}{table()}{END}{after}")


if __name__ == "__main__":
    main()
