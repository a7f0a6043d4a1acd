"""Named places between two steps, where a soak kills the process as a power cut would. Out of a soak they do nothing.

`GOODFOR_FAULT_POINTS="refunds.called=0.05,*=0.01"`: the chance to die at a point, `*` for all others.
"""

import os
import random
import signal
from typing import Final

NAME: Final = "GOODFOR_FAULT_POINTS"


def _chances(text: str) -> dict[str, float]:
    """Name -> chance, 0 to 1. Raises ValueError."""
    found = {}
    for part in filter(None, text.split(",")):
        name, _sep, chance = part.partition("=")
        found[name.strip()] = float(chance)
    return found


_armed = _chances(os.environ.get(NAME, ""))


def reach(name: str) -> None:
    """Die here, without a word and without tidying up, if this process is armed and the dice say so."""
    if _armed and random.random() < _armed.get(name, _armed.get("*", 0.0)):  # noqa: S311
        os.kill(os.getpid(), signal.SIGKILL)


def arm(text: str) -> None:
    """From now on this process may die at its points: a child that a soak forked for that. Raises ValueError."""
    _armed.update(_chances(text))
