"""A bucket of the tests as a destination, and an upload in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from recorder_app.share.destination import Network, Ticket
from recorder_app.share.s3 import S3, S3Configuration
from recorder_app.share.s3_sums import LEAST_PART_BYTES
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source
from tests.support.s3_server import BUCKET, KEY_ID, SECRET
from tests.support.uploading import QUICK, item

PART_BYTES = LEAST_PART_BYTES
SECRETS = {"key_id": KEY_ID, "secret": SECRET}


def bucket(
    address: str,
    *,
    secrets: Mapping[str, str] = SECRETS,
    network: Network | None = None,
    more: Mapping[str, Any] | None = None,
    **options: Any,
) -> S3:
    """Return the bucket at `address` as a destination that waits hardly at all."""
    options = {"bucket": BUCKET, "folder": "my takes", **options}
    return S3(
        S3Configuration(endpoint=address, **options),
        secrets,
        network or Network(connect_timeout_s=5, read_timeout_s=10),
        **{"policy": QUICK, "part_bytes": PART_BYTES, **(more or {})},
    )


def main(address: str, path: str, kept: str, key: str = "k1") -> None:
    """Upload in a process of its own, which keeps its ticket and checkpoint in the file `kept`."""
    destination = bucket(address)
    place = Path(kept)
    known = msgspec.json.decode(place.read_bytes()) if place.exists() else {}
    ticket = destination.prepare(item(Path(path), key))
    if known.get("ticket"):
        ticket = msgspec.convert(known["ticket"], Ticket)
    known["ticket"] = msgspec.to_builtins(ticket)

    def save(checkpoint: Mapping[str, Any], _acknowledged: int | None = None) -> None:
        known["checkpoint"] = checkpoint
        beside = place.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(known))
        beside.replace(place)

    print("ready", flush=True)
    with Source(Path(path)) as source:
        destination.send(ticket, source, SendContext(checkpoint=known.get("checkpoint"), save=save))
        destination.verify(ticket, source)
    destination.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
