"""Token buckets, kept in the memory of a web worker: a courtesy to others, not needed for correctness. Pure."""

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left: `limit` a minute, `remaining` now, full again after `reset` s; refused: wait `retry_after` s."""

    limit: int
    remaining: int
    reset: int
    retry_after: int | None

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Fields of draft-ietf-httpapi-ratelimit-headers."""
        return (
            ("RateLimit-Policy", f'"client";q={self.limit};w={WINDOW_SECONDS}'),
            ("RateLimit", f'"client";r={self.remaining};t={self.reset}'),
        )


class Limiter:
    """One bucket a key; this process grants its share of the rate, the rate divided by the web workers."""

    def __init__(self, workers: int, capacity: int = 10_000) -> None:
        self._workers = max(1, workers)
        self._capacity = capacity
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: Hashable, per_minute: int, clock: float) -> Quota:
        """Take one token of `key`; `clock` is monotonic seconds. A new or forgotten key starts full."""
        size = max(1.0, per_minute / self._workers)
        per_second = size / WINDOW_SECONDS
        with self._lock:
            tokens, at = self._buckets.pop(key, (size, clock))
            tokens = min(size, tokens + max(0.0, clock - at) * per_second)
            granted = tokens >= 1.0
            if granted:
                tokens -= 1.0
            self._buckets[key] = (tokens, clock)
            if len(self._buckets) > self._capacity:
                self._buckets.popitem(last=False)
        return Quota(
            limit=per_minute,
            remaining=min(per_minute, int(tokens) * self._workers),
            reset=math.ceil((size - tokens) / per_second),
            retry_after=None if granted else max(1, math.ceil((1.0 - tokens) / per_second)),
        )
