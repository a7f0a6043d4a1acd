"""What the measurements of the hub share: a running shop with suppliers, and how times are summed up."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from goodfor.cli.bench.result import Bar
from goodfor.cli.hub.stands import Stands
from goodfor.cli.stack import Stack


@dataclass(frozen=True, slots=True)
class Fair:
    """Where it is measured. `quick`: small sizes, for a look at whether it works at all."""

    stack: Stack
    stands: Stands
    console: Console
    quick: bool = False

    def size(self, usual: int) -> int:
        """So many, or a twentieth."""
        return max(5, usual // 20) if self.quick else usual


#: Figures and bars of one measurement.
Part = tuple[dict[str, Any], list[Bar]]


def summed(name: str, seconds: Sequence[float]) -> dict[str, float]:
    """Median, p95 and the most, in seconds; without measurements endless."""
    ordered = sorted(seconds)
    if not ordered:
        return {f"{name}_{part}_s": float("inf") for part in ("p50", "p95", "max")}
    return {
        f"{name}_p50_s": round(statistics.median(ordered), 3),
        f"{name}_p95_s": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 3),
        f"{name}_max_s": round(ordered[-1], 3),
    }


def until(is_so: Callable[[], bool], seconds: float, pause: float = 0.05) -> float | None:
    """How long it took until it was so; None when it took longer than `seconds`."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            return None
        time.sleep(pause)
    return time.monotonic() - began
