"""What risk control is told of a claim."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.aftersales.defaults import AGAINST
from goodfor.delivery import queries as delivery
from goodfor.kernel.sql import Statement
from goodfor.orders import queries as orders
from goodfor.orders.types import OrderView
from goodfor.risk.types import Value

_BUYER: Final = Statement(__package__, "sql/buyer_history.sql")
#: No case: nothing is left out.
_NONE: Final = UUID(int=0)
#: What is usual, and how many orders of it stand before a buyer's own: one bad code of two is no habit.
USUAL, WEIGHT = 0.02, 10


def claim_facts(shop_id: UUID, order: OrderView, line_id: UUID, now: datetime) -> dict[str, Value]:
    """Of a claim that is about to be made: what was seen of the line, since when, and how the buyer stands."""
    seen = delivery.revealed(shop_id, [line_id])
    quantity = sum(line.quantity for line in order.lines if line.line_id == line_id)
    buyer = orders.buyer_of(shop_id, order.id)
    row = _BUYER.row({
        "shop_id": shop_id, "buyer": buyer[:80], "case_id": _NONE, "half_year": now - timedelta(days=180),
        "quarter": now - timedelta(days=90), "against": list(AGAINST),
    })  # fmt: skip
    assert row is not None
    _claims, _proven, refused, trusted, _back = row
    bought = orders.bought_times(shop_id, buyer, order.id)
    return {
        "codes_revealed_share": round(min(len(seen) / quantity, 1.0), 4) if quantity else None,
        "seconds_since_reveal": (now - min(seen.values())).total_seconds() if seen else None,
        "seconds_since_delivery": (now - order.delivered_at).total_seconds() if order.delivered_at else None,
        "refund_share_buyer": round((refused + trusted + USUAL * WEIGHT) / (bought + WEIGHT), 4),
        "claims_proven_false": refused,
    }
