"""Who might be bought from, as `routing` judges it: read for a purchase, and for the preview of one."""

import json
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.utils.timezone import localtime

from goodfor.kernel.sql import Statement
from goodfor.supply.routing import Candidate

_CANDIDATES: Final = Statement("goodfor.supply", "sql/candidates.sql")
#: Of candidates.sql, in its order.
_COLUMNS: Final = tuple(field.name for field in fields(Candidate))
_CARDS: Final = frozenset({"card", "link", "image", "ticket"})


def clock(now: datetime) -> tuple[int, date]:
    """Minute of the day, and the day, on the shop's clock."""
    local = localtime(now)
    return local.hour * 60 + local.minute, local.date()


def candidates(*, shop_id: UUID, sku_id: UUID, want_id: UUID, day: date, now: datetime) -> list[Candidate]:
    """Every offer of a SKU as things stand now. `want_id`: whose earlier refusals count."""
    rows = _CANDIDATES.rows({"shop_id": shop_id, "sku_id": sku_id, "want_id": want_id, "day": day, "now": now})
    return [_candidate(dict(zip(_COLUMNS, row, strict=True))) for row in rows]


def _candidate(row: dict[str, Any]) -> Candidate:
    terms = row["terms"]
    row |= {
        "kind": "code" if row["kind"] in _CARDS else "direct",
        "terms": json.loads(terms) if isinstance(terms, str) else terms,
        "channels": tuple(row["channels"]),
    }
    return Candidate(**row)
