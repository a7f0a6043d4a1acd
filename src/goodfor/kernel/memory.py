"""What a process keeps to its end is not looked at again by the collector of garbage."""

import gc
from typing import Final

#: Objects made, less those let go, until the young are looked at; how often of these the next older generations are.
THRESHOLDS: Final = (20_000, 20, 20)


def settle() -> None:
    """Call once, when a process has read and imported what it needs: a whole collection of modules, tables and models
    takes tens of milliseconds, and would come in the middle of somebody's order.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
