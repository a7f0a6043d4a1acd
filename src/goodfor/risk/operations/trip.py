"""A rule with a quarantine hit: its key stays tripped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.locks import lock_key
from goodfor.kernel.sql import Statement

_TRIP: Final = Statement("goodfor.risk", "sql/trip.sql")


@dataclass(frozen=True, slots=True)
class Tripped:
    """A key, which rule tripped it, and until when."""

    key: int
    rule_id: UUID
    kind: str
    until: datetime


def trip(shop_id: UUID, tripped: Sequence[Tripped], now: datetime) -> None:
    """Write it down in one statement, which waits for nobody, in the caller's transaction or by itself."""
    _TRIP.run(
        {
            "shop_id": shop_id,
            "keys": [one.key for one in tripped],
            "rules": [one.rule_id for one in tripped],
            "kinds": [one.kind for one in tripped],
            "untils": [one.until for one in tripped],
            "locks": [lock_key("quarantine", shop_id, one.rule_id, one.key) for one in tripped],
            "now": now,
        }
    )
