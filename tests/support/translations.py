"""The catalogues of translations, made from the texts in the code.

``python -m tests.support.translations`` writes the template anew, brings the translations in line
with it, and compiles them. What is new waits in the .po files for someone to translate it.
"""

from __future__ import annotations

import ast
import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from recorder_app.texts import DOMAIN
from tests.support.command import ROOT

PACKAGE = ROOT / "recorder_app"
FOLDER = ROOT / "resources" / "translations"
TEMPLATE = FOLDER / f"{DOMAIN}.pot"
REGENERATE = ".venv/bin/python -m tests.support.translations"

# What is shown is marked with one of these; other names in the code mean nothing here.
_KEYWORDS = ("N_", "translate")
_WIDTH = 100
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


def extracted() -> Catalog:
    """Return the texts that the code marks for people."""
    template = Catalog(domain=DOMAIN, project="recorder-app", fuzzy=False)
    for path in sorted(PACKAGE.rglob("*.py")):
        # No lines: every change of the code would be one of the catalogue.
        place = [(path.relative_to(ROOT).as_posix(), 0)]
        for text in marked(path.read_text(encoding="utf-8")):
            template.add(text, None, place)
    return template


def marked(code: str) -> list[str]:
    """Return the texts that `code` marks, in their order.

    Babel's own extractor overlooks those in calls within calls.
    """
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    calls.sort(key=lambda node: (node.lineno, node.col_offset))
    return [
        node.args[0].value
        for node in calls
        if isinstance(node.func, ast.Name)
        and node.func.id in _KEYWORDS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def languages() -> list[str]:
    return sorted(path.parents[1].name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def source(language: str) -> Path:
    """Return the path of a translation as people write it."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def load(language: str) -> Catalog:
    with source(language).open("rb") as stream:
        return read_po(stream, locale=language, domain=DOMAIN)


def compiled(catalogue: Catalog) -> bytes:
    """Return what is shipped: the same bytes for the same texts."""
    stream = io.BytesIO()
    # They are in what is compiled, and would be those of now.
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    write_mo(stream, catalogue)
    return stream.getvalue()


def written(catalogue: Catalog, *, is_template: bool = False) -> bytes:
    """Return the file for people, without dates: they would differ each time."""
    stream = io.BytesIO()
    write_po(stream, catalogue, width=_WIDTH, omit_header=is_template, include_lineno=False)
    lines = stream.getvalue().splitlines(keepends=True)
    dates = (b'"POT-Creation-Date', b'"PO-Revision-Date')
    return b"".join(line for line in lines if not line.startswith(dates))


def main() -> None:
    template = extracted()
    FOLDER.mkdir(parents=True, exist_ok=True)
    TEMPLATE.write_bytes(written(template, is_template=True))
    for language in languages():
        catalogue = load(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        source(language).write_bytes(written(catalogue))
        source(language).with_suffix(".mo").write_bytes(compiled(load(language)))


if __name__ == "__main__":
    main()
