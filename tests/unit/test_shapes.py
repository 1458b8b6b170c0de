"""Types that several threads meet for the first time at the same moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import recorder_app

# With msgspec alone this dies in the first rounds.
MEET = """
import sys, threading, types
from recorder_app import shapes

sys.setswitchinterval(1e-6)
field = "    f{}: Annotated[int, msgspec.Meta(ge=0)] | None = None"
fields = "\\n".join(field.format(j) for j in range(30))
parts = "\\n".join(f"class S{i}(msgspec.Struct):\\n{fields}" for i in range(40))
whole = "class T(msgspec.Struct):\\n" + "\\n".join(f"    s{i}: S{i}" for i in range(40))
code = compile(f"import msgspec\\nfrom typing import Annotated\\n{parts}\\n{whole}", "m", "exec")
value = {f"s{i}": {"f1": 3} for i in range(40)}
for _ in range(20):
    module = sys.modules["m"] = types.ModuleType("m")
    exec(code, module.__dict__)
    together = threading.Barrier(4)
    made = []
    def meet(shape=module.T):
        together.wait()
        made.append(shapes.converted(value, shape))
    threads = [threading.Thread(target=meet) for _ in range(4)]
    for each in threads: each.start()
    for each in threads: each.join()
    assert len(made) == 4 and all(each.s39.f1 == 3 for each in made)
"""


def test_threads_may_meet_a_type_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEET], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("use", ["msgspec.convert", "msgspec.json.decode", "msgspec.toml.decode"])
def test_plain_data_becomes_types_in_one_place(use: str) -> None:

    root = Path(recorder_app.__file__).parent
    users = {path.name for path in root.rglob("*.py") if f"{use}(" in path.read_text()}
    assert users == {"shapes.py"}
