"""Reads offers with all that `routing` asks of them, of many SKUs at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.timezone import localtime

from goodfor.kernel.sql import Statement
from goodfor.supply.candidates import candidate_of
from goodfor.supply.routing import Candidate

_OF: Final = Statement("goodfor.supply", "sql/candidates_of.sql")


def candidates_of(shop_id: UUID, sku_ids: Sequence[UUID], now: datetime) -> Mapping[UUID, list[Candidate]]:
    """By SKU, as things are now; nobody was refused anywhere."""
    found: dict[UUID, list[Candidate]] = defaultdict(list)
    if not sku_ids:
        return found
    params = {"shop_id": shop_id, "sku_ids": list(sku_ids), "day": localtime(now).date(), "now": now}
    for sku_id, *rest in _OF.rows(params):
        found[sku_id].append(candidate_of(rest))
    return found
