"""Plain data into types, and only here: from JSON, from TOML, and from what those made of it.

msgspec (0.22 at least) learns how a type is built when it first meets it, and lets go of the
interpreter while it does. A second thread that meets the same type at that moment uses what is
half learned, and the process dies. So every type is learned under one lock before its first use.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")

_lock = threading.Lock()
_learned: set[Any] = set()


@overload
def from_json(data: bytes | str, shape: type[T]) -> T: ...
@overload
def from_json(data: bytes | str, shape: Any) -> Any: ...
def from_json(data: bytes | str, shape: Any) -> Any:
    """Return JSON as a `shape`. Raises msgspec.MsgspecError. Thread-safe."""
    _learn(shape)
    return msgspec.json.decode(data, type=shape)


@overload
def from_toml(data: bytes | str, shape: type[T]) -> T: ...
@overload
def from_toml(data: bytes | str, shape: Any) -> Any: ...
def from_toml(data: bytes | str, shape: Any) -> Any:
    """Return TOML as a `shape`. Raises msgspec.MsgspecError. Thread-safe."""
    _learn(shape)
    return msgspec.toml.decode(data, type=shape)


@overload
def converted(value: Any, shape: type[T], *, strict: bool = True) -> T: ...
@overload
def converted(value: Any, shape: Any, *, strict: bool = True) -> Any: ...
def converted(value: Any, shape: Any, *, strict: bool = True) -> Any:
    """Return plain data as a `shape`; without `strict`, text may stand for what it says.

    Raises msgspec.ValidationError. Thread-safe.
    """
    _learn(shape)
    return msgspec.convert(value, shape, strict=strict)


def _learn(shape: Any) -> None:
    if shape in _learned:
        return
    with _lock:
        if shape not in _learned:
            msgspec.json.Decoder(shape)
            _learned.add(shape)
