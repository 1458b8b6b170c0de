"""What the import contracts in pyproject.toml cannot say."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

import recorder_app

PACKAGE = Path(recorder_app.__file__).parent


def test_the_engine_imports_without_qt() -> None:
    names = [
        module.name
        for module in pkgutil.walk_packages([str(PACKAGE)], "recorder_app.")
        if not module.name.startswith("recorder_app.ui") and module.name != "recorder_app.__main__"
    ]
    assert "recorder_app.pipeline.session" in names
    code = (
        "import importlib, sys\n"
        "class NoQt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('PySide6', 'shiboken6'): raise ImportError(name)\n"
        "sys.meta_path.insert(0, NoQt())\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_operating_systems_are_told_apart_only_where_they_may_be() -> None:
    allowed = {"capture", "system", "paths.py"}
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr == "platform":
                assert not (isinstance(node.value, ast.Name) and node.value.id == "sys"), path


def test_no_file_is_longer_than_a_person_can_hold_in_mind() -> None:
    for path in PACKAGE.rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 500, path
