"""Queues are bounded, keep order, and let nobody wait for ever."""

import threading
from dataclasses import dataclass

import pytest

from recorder_app.errors import Cancelled
from recorder_app.media.frames import END
from recorder_app.pipeline.queues import BoundedQueue


@dataclass(frozen=True)
class Item:
    size_bytes: int = 1


def test_it_is_bounded_by_count_and_by_bytes() -> None:
    queue: BoundedQueue[Item] = BoundedQueue(2, 100)
    assert queue.offer(Item(60))
    assert not queue.offer(Item(60))
    assert queue.offer(Item(40))
    assert not queue.offer(Item(0))
    assert queue.fill == 1.0


def test_one_item_larger_than_the_queue_passes() -> None:
    queue: BoundedQueue[Item] = BoundedQueue(2, 100)
    assert queue.offer(Item(500))
    assert queue.get() == Item(500)


def test_end_and_the_last_item_fit_into_a_full_queue() -> None:
    queue: BoundedQueue[Item] = BoundedQueue(1, 100)
    queue.put(Item())
    queue.put_last(Item(2))
    queue.end()
    assert [queue.get(), queue.get(), queue.get()] == [Item(), Item(2), END]


def test_put_waits_for_room() -> None:
    queue: BoundedQueue[Item] = BoundedQueue(1, 100)
    queue.put(Item(1))
    thread = threading.Thread(target=queue.put, args=(Item(2),))
    thread.start()
    assert [queue.get(), queue.get()] == [Item(1), Item(2)]
    thread.join(5)
    assert not thread.is_alive()


def test_abort_frees_whoever_waits() -> None:
    full: BoundedQueue[Item] = BoundedQueue(1, 100)
    full.put(Item())
    empty: BoundedQueue[Item] = BoundedQueue(1, 100)
    seen: list[type[BaseException]] = []

    def wait(call: object) -> None:
        assert callable(call)
        try:
            call()
        except Cancelled as error:
            seen.append(type(error))

    threads = [
        threading.Thread(target=wait, args=(lambda: full.put(Item()),)),
        threading.Thread(target=wait, args=(empty.get,)),
    ]
    for thread in threads:
        thread.start()
    full.abort()
    empty.abort()
    for thread in threads:
        thread.join(5)
    assert seen == [Cancelled, Cancelled]
    assert not full.offer(Item())
    with pytest.raises(Cancelled):
        full.get()
