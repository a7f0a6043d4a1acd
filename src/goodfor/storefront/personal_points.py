"""What the export of an account says of points, tiers and the mall."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.types import GROWTH, POINTS, Holder
from goodfor.mall import queries as mall

#: Of each statement, the newest.
MOST: Final = 5_000


def points_kept(shop_id: UUID, buyer_id: UUID, now: datetime) -> dict[str, Any]:
    """Balances, movements, the history of tiers, and what points bought."""
    told: dict[str, Any] = {}
    for kind in (POINTS, GROWTH):
        holder = Holder(buyer_id, kind)
        held = loyalty.balance(shop_id, holder, now)
        told[kind] = {
            "available": held.available, "pending": held.pending, "owed": held.debt,
            "movements": [
                {"kind": one.kind, "units": one.units, "reason": one.reason, "at": one.at, "expires_at": one.expires_at}
                for one in loyalty.statement(shop_id, holder, limit=MOST)
            ],
        }  # fmt: skip
    told["tiers"] = [
        {"what": one.what, "from": one.from_rank, "to": one.to_rank, "reason": one.why, "at": one.at}
        for one in loyalty.steps_of(shop_id, buyer_id, limit=MOST)
    ]
    told["tasks"] = [
        {"kind": one.kind, "period": one.period, "units": one.units, "at": one.at, "back_at": one.back_at}
        for one in loyalty.task_history(shop_id, buyer_id)
    ]
    return {"loyalty": told, "mall": _mall(shop_id, buyer_id)}


def _mall(shop_id: UUID, buyer_id: UUID) -> dict[str, Any]:
    """What was redeemed, and each play."""
    redeemed = mall.redemptions(shop_id, owner=buyer_id, limit=MOST)
    return {
        "redemptions": [
            {"order": one.order_id, "points": one.points, "state": one.state, "at": one.at} for one in redeemed
        ],
        "plays": [
            {"points": one.cost, "prize": one.prize, "number": one.roll + 1, "order": one.order_id, "at": one.at}
            for one in mall.plays_of(shop_id, None, buyer_id, limit=MOST)
        ],
    }  # fmt: skip
