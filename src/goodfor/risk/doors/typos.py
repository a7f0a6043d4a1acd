"""Slips that the check characters give away: answered before the database is asked, and not counted at first."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

#: So many slips an asker has free within the span; each further one is a knock like any other.
FREE: Final = 10
SPAN: Final = timedelta(minutes=10)
#: How many askers are remembered in a process; whoever makes more only empties it of the quiet ones.
MOST: Final = 20_000

_lock = threading.Lock()
_seen: OrderedDict[tuple[UUID, str, str], tuple[datetime, int]] = OrderedDict()


def is_free(shop_id: UUID, door: str, asker: str, now: datetime) -> bool:
    """Note a slip of an asker (device, else address) in this process; False: from now on it counts as a knock.

    Forgotten with the process, and each process has its own: nobody finds a code with slips, so nothing is lost.
    """
    key = (shop_id, door, asker)
    with _lock:
        since, count = _seen.pop(key, (now, 0))
        if not now - SPAN < since <= now + SPAN:
            since, count = now, 0
        _seen[key] = (since, count + 1)
        while len(_seen) > MOST:
            _seen.popitem(last=False)
        return count < FREE


def forget() -> None:
    """Begin anew: for tests."""
    with _lock:
        _seen.clear()
