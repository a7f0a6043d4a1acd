"""Work whose waiting is outside of this machine, done by several threads; each has a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TypeVar

from django.db import connections

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(items: Sequence[Item], work: Callable[[Item], Result], *, at_once: int) -> list[Result]:
    """`work` on every item, begun in their order; the results in the order of the items.

    One item, or one thread, stays on the caller's thread and connection. What `work` raises is raised here, after the
    others have ended.
    """
    if len(items) <= 1 or at_once <= 1:
        return [work(item) for item in items]
    waiting: SimpleQueue[tuple[int, Item]] = SimpleQueue()
    for place in enumerate(items):
        waiting.put(place)
    done: dict[int, Result] = {}

    def drain() -> None:
        # A connection serves all that one thread does, and ends with it.
        try:
            while (place := _next(waiting)) is not None:
                done[place[0]] = work(place[1])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=min(at_once, len(items))) as pool:
        threads = [pool.submit(drain) for _ in range(min(at_once, len(items)))]
    for thread in threads:
        thread.result()
    return [done[index] for index in range(len(items))]


def _next(waiting: "SimpleQueue[Item]") -> Item | None:
    try:
        return waiting.get_nowait()
    except Empty:
        return None
