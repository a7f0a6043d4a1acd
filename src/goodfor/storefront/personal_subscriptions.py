"""What the export of an account says of its subscriptions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.subscriptions import queries as subscriptions


def subscriptions_kept(shop_id: UUID, buyer_id: UUID, now: datetime) -> dict[str, Any]:
    """Each with its periods, what was charged and given back, and which orders were picked."""
    return {
        "subscriptions": [
            {
                "plan": view.plan.name, "state": view.state, "why": view.why, "signed_at": view.created_at,
                "paid_until": view.paid_until, "ended_at": view.ended_at,
                "periods": [
                    {
                        "starts_at": one.starts_at, "ends_at": one.ends_at, "state": one.state,
                        "charge_minor": one.charge.amount_minor, "back_minor": one.back.amount_minor,
                        "currency": one.charge.currency, "picked": one.picked,
                    }
                    for one in subscriptions.periods(shop_id, view.id, now)
                ],
                "picks": [
                    {"order": str(one.order_id), "at": one.picked_at, "state": one.state}
                    for one in subscriptions.picks(shop_id, view.id)
                ],
            }
            for view in subscriptions.subscriptions_of(shop_id, buyer_id, now)
        ]
    }  # fmt: skip
