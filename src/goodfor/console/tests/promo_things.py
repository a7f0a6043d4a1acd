"""Campaigns of a shop, for the tests of the console."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import Person, person
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.promotions import states
from goodfor.promotions.models import Pack
from goodfor.promotions.operations.make_campaign import make_campaign
from goodfor.promotions.operations.make_coupons import make_coupons
from goodfor.promotions.types import BY_COUPON, COUPON, ORDER, BatchWish, FullReduce, Scope, Spec, Tier, Window


def reduce_spec(now: datetime, off: int = 500, *, coupon: bool = False, **more: Any) -> Spec:
    """From the first fen on so much off, for a week."""
    return Spec(
        play="coupon" if coupon else "full_reduce", layer=COUPON if coupon else ORDER,
        window=Window(now - timedelta(hours=1), now + timedelta(days=7)), scope=Scope(everything=True),
        effect=FullReduce((Tier(1, off),)), trigger=BY_COUPON if coupon else "auto", **more,
    )  # fmt: skip


def campaign_of(shop: Shop, by: Person, *, coupon: bool = False) -> UUID:
    """A draft."""
    now = utc_now()
    spec = reduce_spec(now, coupon=coupon)
    made = make_campaign(shop_id=shop.id, name="满减", spec=spec, actor=by.staff.actor, now=now)
    return made.campaign_id


def promo_things(shop: Shop) -> dict[str, Any]:
    """By the names that addresses give to ids."""
    by = person(shop.id, Role.OPERATOR)
    campaign_id = campaign_of(shop, by, coupon=True)
    batch = make_coupons(
        shop_id=shop.id, wish=BatchWish(campaign_id, states.CLAIM, "领取", 10), actor=by.staff.actor, now=utc_now()
    )
    pack = Pack.objects.create(
        shop_id=shop.id, name="礼包", batches=[batch.id], starts_at=utc_now(), ends_at=utc_now() + timedelta(days=1),
        made_by=by.staff.actor, made_at=utc_now(),
    )  # fmt: skip
    return {"campaign_id": campaign_id, "coupons_id": batch.id, "play": "flash", "pack_id": pack.id}
