"""Who holds a lease, as text in the database: a process of a machine, and a number for each job."""

from __future__ import annotations

import functools
import os
import platform
import secrets

import psutil


def new_owner() -> str:
    """Return an owner's text that belongs to this process and has not been used before."""
    return f"{platform.node()}/{os.getpid()}/{_started(os.getpid())}/{secrets.token_hex(4)}"


def is_gone(owner: str) -> bool:
    """Return whether the process of `owner` is known to have ended; of other machines it is not."""
    try:
        node, pid, started, _token = owner.rsplit("/", 3)
        return node == platform.node() and _started_now(int(pid)) != started
    except ValueError:
        return False


def _started_now(pid: int) -> str | None:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return f"{process.create_time():.1f}"
    except psutil.Error:
        return None


@functools.lru_cache(maxsize=1)
def _started(pid: int) -> str:
    return f"{psutil.Process(pid).create_time():.1f}"
