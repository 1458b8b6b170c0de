"""What a new process is told about memory."""

from __future__ import annotations

import pytest

from recorder_app.system.memory import with_large_pages


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (None, "glibc.malloc.hugetlb=1"),
        ("", "glibc.malloc.hugetlb=1"),
        ("glibc.malloc.arena_max=2", "glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1"),
        ("glibc.malloc.hugetlb=0", "glibc.malloc.hugetlb=0"),
    ],
)
def test_large_pages_are_asked_for_unless_somebody_did(given: str | None, told: str) -> None:
    env = {"HOME": "/home/someone"} | ({} if given is None else {"GLIBC_TUNABLES": given})
    assert with_large_pages(env) == env | {"GLIBC_TUNABLES": told}
