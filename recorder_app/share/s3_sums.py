"""The sizes of parts of files at S3, and the sums by which both sides know them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from recorder_app.share.source import Source

_MIB = 1 << 20
# No server takes smaller ones. 17 s at 2.5 Mb/s.
LEAST_PART_BYTES = 5 * _MIB
# Ten times as many are allowed; so many are one page of a list.
_MOST_PARTS = 1000
# Each part costs time of its own at the server: where the file is large, a larger part of it is
# risked for speed.
_SMALL_FILE_BYTES = 100 * _MIB
_USUAL_PART_BYTES = 16 * _MIB
_BLOCK_BYTES = _MIB

_MD5 = re.compile(r"[0-9a-f]{32}")


def part_size(size: int) -> int:
    """Return the bytes of a part of a file of `size` bytes; always the same for the same size."""
    usual = LEAST_PART_BYTES if size <= _SMALL_FILE_BYTES else _USUAL_PART_BYTES
    # In whole MiB, which is what all parts but the last must have in common at some services.
    least = -(-size // _MOST_PARTS)
    return max(usual, -(-least // _MIB) * _MIB)


def md5_part(
    source: Source, begin: int, length: int, check: Callable[[], None] = lambda: None
) -> bytes:
    """Return the MD5 of a part of the file; `check` is called now and then and may raise."""
    digest = hashlib.md5(usedforsecurity=False)
    block = memoryview(bytearray(min(_BLOCK_BYTES, length)))
    for offset in range(0, length, _BLOCK_BYTES):
        check()
        part = block[: min(len(block), length - offset)]
        source.read_into(begin + offset, part)
        digest.update(part)
    return digest.digest()


def md5_of(answer: Mapping[str, Any]) -> str | None:
    """Return the MD5 that an answer names as ETag, or None where its ETag is something else.

    With some kinds of encryption, and at some servers, it only looks like one or not even that.
    """
    tag = str(answer.get("ETag", "")).strip('"').lower()
    is_hidden = str(answer.get("ServerSideEncryption", "")).startswith("aws:kms")
    is_hidden = is_hidden or bool(answer.get("SSECustomerAlgorithm"))
    return tag if _MD5.fullmatch(tag) and not is_hidden else None


def joined_tag(source: Source, part_bytes: int, check: Callable[[], None] = lambda: None) -> str:
    """Return the ETag of an object that was made of parts: MD5 over the parts' MD5s, their number.

    Most servers name it so, but none promises it. `check` as for a part.
    """
    sums = [
        md5_part(source, begin, min(part_bytes, source.size - begin), check)
        for begin in range(0, source.size, part_bytes)
    ]
    whole = hashlib.md5(b"".join(sums), usedforsecurity=False)
    return f"{whole.hexdigest()}-{len(sums)}"
