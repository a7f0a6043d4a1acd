"""Note what campaigns took off an order, and why. In the caller's transaction, after the order."""

import json
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.orders.models import LinePoints
from goodfor.orders.offer_types import Offer
from goodfor.promotions.operations.phases import commit

_INSERT: Final = Statement("goodfor.orders", "sql/insert_discounts.sql")
#: A trace is for people: of very many campaigns the first are told.
MOST_STEPS: Final = 500


def keep_paid_offer(*, shop_id: UUID, order_id: UUID, offer: Offer, now: datetime) -> None:
    """The same of an order that is paid at once: what was taken for it is used."""
    keep_offer(shop_id=shop_id, order_id=order_id, offer=offer, now=now)
    if offer.taken:
        commit(shop_id=shop_id, order_id=order_id, now=now)


def keep_offer(*, shop_id: UUID, order_id: UUID, offer: Offer, now: datetime) -> None:
    """Shares by line and the trace, in one statement, and what earns more points; nothing where no campaign looked."""
    if not offer.taken and not offer.trace:
        return
    if offer.points:
        LinePoints.objects.bulk_create(
            LinePoints(
                shop_id=shop_id, order_id=order_id, line_id=one.line_id, campaign_id=one.campaign_id,
                revision_id=one.revision_id, times_bp=one.times_bp, plus=one.plus,
            )
            for one in offer.points
        )  # fmt: skip
    steps = [
        [str(one.campaign_id), str(one.revision_id), one.name, one.outcome, one.wanted, one.given,
         str(one.coupon_id) if one.coupon_id else None]
        for one in offer.trace[:MOST_STEPS]
    ]  # fmt: skip
    _INSERT.run(
        {
            "shop_id": shop_id,
            "order_id": order_id,
            "line_ids": [one.line_id for one in offer.taken],
            "campaign_ids": [one.campaign_id for one in offer.taken],
            "revision_ids": [one.revision_id for one in offer.taken],
            "coupon_ids": [one.coupon_id for one in offer.taken],
            "minors": [one.minor for one in offer.taken],
            "units": [one.units for one in offer.taken],
            "losses": [one.loss for one in offer.taken],
            "steps": json.dumps(steps, ensure_ascii=False),
            "now": now,
        }
    )
