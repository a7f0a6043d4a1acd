"""A sale as `soak rush` and `bench flashsale` hold it: a flash price with a stock of its own, a coupon, a count."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.cli.soak.sql import named
from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_user import create_user
from goodfor.promotions import states
from goodfor.promotions.operations.make_campaign import make_campaign
from goodfor.promotions.operations.make_coupons import make_coupons
from goodfor.promotions.operations.steer_campaign import end_campaign
from goodfor.promotions.operations.submit_campaign import submit_campaign
from goodfor.promotions.types import (
    ACTIVITY,
    BY_COUPON,
    COUPON,
    BatchWish,
    FullReduce,
    Limit,
    Scope,
    Spec,
    Tier,
    UnitPrice,
    Window,
)

LONG: Final = timedelta(days=1)
#: Of one campaign: what orders say, what its limit says, what money says. It is the only shared one of its campaign.
_COUNT: Final = """
WITH d AS (
    SELECT d.order_id, sum(d.units) AS units, sum(d.minor) AS minor FROM orders_discount d
    WHERE d.shop_id = %(shop)s AND d.campaign_id = %(campaign)s GROUP BY d.order_id
), o AS (
    SELECT o.id, o.state, o.total_minor, d.units, d.minor, coalesce((
        SELECT sum(p.captured_minor - coalesce((
            SELECT sum(r.amount_minor) FROM payments_refund r
            WHERE r.shop_id = p.shop_id AND r.payment_id = p.id AND r.state = 'succeeded'), 0))
        FROM payments_payment p WHERE p.shop_id = o.shop_id AND p.source_id = o.id), 0) AS kept
    FROM d JOIN orders_order o ON o.shop_id = %(shop)s AND o.id = d.order_id
), t AS (
    SELECT state, amount - back AS amount FROM promotions_taking
    WHERE shop_id = %(shop)s AND campaign_id = %(campaign)s AND shared
), q AS (
    SELECT q.total, (
        SELECT sum(s.free) FROM promotions_shard s WHERE s.shop_id = q.shop_id AND s.quota_id = q.id) AS free
    FROM promotions_quota q WHERE q.shop_id = %(shop)s AND q.campaign_id = %(campaign)s AND q.counts <> 'claims'
)
SELECT (SELECT count(*) FROM o WHERE state = 'delivered'),
       (SELECT coalesce(sum(units), 0) FROM o WHERE state = 'delivered'),
       (SELECT coalesce(sum(minor), 0) FROM o WHERE state = 'delivered'),
       (SELECT count(*) FROM o WHERE kept <> CASE WHEN state = 'delivered' THEN total_minor ELSE 0 END),
       (SELECT count(*) FROM o WHERE state IN ('placed', 'paid', 'refunding')),
       (SELECT count(*) FROM o WHERE state = 'refunded'),
       (SELECT coalesce(sum(amount), 0) FROM t WHERE state = 'used'),
       (SELECT coalesce(sum(amount), 0) FROM t WHERE state = 'reserved'),
       (SELECT coalesce(sum(free), 0) FROM q), (SELECT coalesce(sum(total), 0) FROM q)
"""


@dataclass(frozen=True, slots=True)
class Count:
    """Of a campaign. `wrong_money`: orders that keep other money than their price (delivered) or any (else);
    `used`, `reserved`, `free`, `total`: of its limit."""

    orders: int
    pieces: int
    minor: int
    wrong_money: int
    under_way: int
    refunded: int
    used: int
    reserved: int
    free: int
    total: int

    @property
    def gone(self) -> bool:
        """Nothing is free and nothing might become free by itself."""
        return self.free == 0 and self.reserved == 0

    def exact(self, most: int, *, off: int) -> bool:
        """Sold, counted and paid: exactly so many, each with so much off."""
        many = (self.used, self.total, self.minor) == (most, most, most * off)
        return many and self.gone and not self.wrong_money and not self.under_way


def count(shop_id: UUID, campaign_id: UUID) -> Count:
    """What was sold by it."""
    return Count(*(int(one) for one in named(_COUNT, {"shop": shop_id, "campaign": campaign_id})[0]))


def owner(shop_id: UUID, now: datetime) -> str:
    """The only person of the shop: what he submits counts at once."""
    user = create_user(username=f"sale-{uuid.uuid4().hex[:8]}")
    return str(add_staff(shop_id=shop_id, user_id=user, role="owner", actor="soak", now=now).actor)


def open_flash(shop_id: UUID, sku_id: UUID, *, price: int, units: int, actor: str, now: datetime) -> UUID:
    """A flash price for so many pieces, one a buyer, from now on."""
    limits = (Limit("sku", "units", "all", units), Limit("buyer", "units", "all", 1))
    spec = Spec(
        play="flash", layer=ACTIVITY, window=Window(now - LONG, now + LONG), scope=Scope(skus=frozenset({sku_id})),
        effect=UnitPrice(price), limits=limits,
    )  # fmt: skip
    return _open(shop_id, "秒杀", spec, actor, now)


def open_coupon(shop_id: UUID, *, code: str, off: int, uses: int, actor: str, now: datetime) -> UUID:
    """A code for everybody that takes so much off, so many times in all and once a buyer."""
    spec = Spec(
        play="coupon", layer=COUPON, window=Window(now - LONG, now + LONG), scope=Scope(everything=True),
        effect=FullReduce((Tier(1, off),)), trigger=BY_COUPON,
        limits=(Limit("campaign", "uses", "all", uses), Limit("buyer", "uses", "all", 1)),
    )  # fmt: skip
    campaign_id = _open(shop_id, "口令券", spec, actor, now)
    wish = BatchWish(campaign_id, kind=states.PUBLIC, name="口令券", code=code)
    make_coupons(shop_id=shop_id, wish=wish, actor=actor, now=now)
    return campaign_id


def close(shop_id: UUID, campaign_id: UUID, actor: str, now: datetime) -> None:
    """It is over."""
    end_campaign(shop_id=shop_id, campaign_id=campaign_id, actor=actor, now=now)


def _open(shop_id: UUID, name: str, spec: Spec, actor: str, now: datetime) -> UUID:
    made = make_campaign(shop_id=shop_id, name=name, spec=spec, actor=actor, now=now)
    change = submit_campaign(shop_id=shop_id, campaign_id=made.campaign_id, number=made.number, actor=actor, now=now)
    assert change.done, "one person decides alone"
    return made.campaign_id
