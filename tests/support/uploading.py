"""An upload to the service of the tests, as a job would make it, with what it kept and told."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from recorder_app.share.bunny_stream import BunnyStream, BunnyStreamConfiguration
from recorder_app.share.destination import Destination, Item, Network, Ticket
from recorder_app.share.retry import RetryPolicy
from recorder_app.share.sending import SendContext, TokenBucket
from recorder_app.share.source import Source
from tests.support.bunny import API_KEY, LIBRARY

CHUNK_BYTES = 1 << 20
QUICK = RetryPolicy(first_s=0.001, longest_s=0.01, attempts=8)
SECRETS = {"api_key": API_KEY, "page_key": "page-key-1", "zone_key": "zone-key-1"}


def stream(
    address: str,
    network: Network | None = None,
    now: Callable[[], float] = time.time,
    **options: Any,
) -> BunnyStream:
    """Return the library at `address` as a destination that waits hardly at all."""
    tus_options: dict[str, Any] = {
        "chunk_bytes": CHUNK_BYTES,
        "policy": QUICK,
        "lock_wait_s": 0.01,
        **options.pop("tus_options", {}),
    }
    # A test counts its chunks.
    tus_options.setdefault("most_chunk_bytes", tus_options["chunk_bytes"])
    return BunnyStream(
        BunnyStreamConfiguration(library_id=LIBRARY, api_address=address, **options),
        SECRETS,
        network or Network(connect_timeout_s=5, read_timeout_s=5),
        now=now,
        tus_options=tus_options,
    )


def item(path: Path, key: str = "k1") -> Item:
    return Item(
        key=key,
        title="A take",
        file_name=path.name,
        media_type="video/webm",
        size=path.stat().st_size,
    )


@dataclass
class Kept:
    """What a job keeps of an upload: `saved` are the checkpoints, `told` the bytes."""

    saved: list[Mapping[str, Any]] = field(default_factory=list)
    told: list[int] = field(default_factory=list)

    def context(self, limit: TokenBucket | None = None) -> SendContext:
        return SendContext(
            checkpoint=self.saved[-1] if self.saved else None,
            save=lambda checkpoint, _acknowledged: self.saved.append(checkpoint),
            report=lambda sent, _total: self.told.append(sent),
            limit=limit,
        )


def upload(destination: Destination, ticket: Ticket, path: Path, kept: Kept | None = None) -> None:
    """Upload in one go, from where `kept` was left."""
    with Source(path) as source:
        destination.send(ticket, source, (kept or Kept()).context())
        destination.verify(ticket, source)


def main(address: str, path: str, kept: str, key: str = "k1") -> None:
    """Upload in a process of its own, which keeps its ticket and checkpoint in the file `kept`."""
    destination = stream(address)
    place = Path(kept)
    known = msgspec.json.decode(place.read_bytes()) if place.exists() else {}
    if known.get("ticket"):
        ticket = msgspec.convert(known["ticket"], Ticket)
    else:
        ticket = destination.prepare(item(Path(path), key), is_repeated=True)
    known["ticket"] = msgspec.to_builtins(ticket)

    def save(checkpoint: Mapping[str, Any], _acknowledged: int | None = None) -> None:
        known["checkpoint"] = checkpoint
        beside = place.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(known))
        beside.replace(place)

    save(known.get("checkpoint", {}))
    print("ready", flush=True)
    with Source(Path(path)) as source:
        context = SendContext(checkpoint=known["checkpoint"], save=save)
        destination.send(ticket, source, context)
        destination.verify(ticket, source)
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
