"""Who might be bought from, as `routing` judges it: read for a purchase, and for the preview of one."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.utils.timezone import localtime

from goodfor.kernel.sql import Statement
from goodfor.supply.guardless import guardless
from goodfor.supply.operations.open_calls import OPEN_CALLS
from goodfor.supply.routing import Candidate

_CANDIDATES: Final = Statement("goodfor.supply", "sql/candidates.sql")
#: Of candidates.sql, in its order.
_COLUMNS: Final = tuple(field.name for field in fields(Candidate) if field.name not in ("guardless", "crowded"))
_CARDS: Final = frozenset({"card", "link", "image", "ticket"})


def clock(now: datetime) -> tuple[int, date]:
    """Minute of the day, and the day, on the shop's clock."""
    local = localtime(now)
    return local.hour * 60 + local.minute, local.date()


def candidates(*, shop_id: UUID, sku_id: UUID, want_id: UUID, day: date, now: datetime) -> list[Candidate]:
    """Every offer of a SKU as things stand now. `want_id`: whose earlier refusals count."""
    rows = _CANDIDATES.rows({"shop_id": shop_id, "sku_id": sku_id, "want_id": want_id, "day": day, "now": now})
    return [candidate_of(row) for row in rows]


def candidate_of(values: Sequence[Any]) -> Candidate:
    """From the columns of candidates.sql and candidates_of.sql, in their order."""
    row = dict(zip(_COLUMNS, values, strict=True))
    terms = row["terms"]
    row |= {
        "kind": "code" if row["kind"] in _CARDS else "direct",
        "terms": json.loads(terms) if isinstance(terms, str) else terms,
        "channels": tuple(row["channels"]),
        "guardless": guardless(row["protocol"]),
        "crowded": OPEN_CALLS.full(row["supplier_id"]),
    }
    return Candidate(**row)
