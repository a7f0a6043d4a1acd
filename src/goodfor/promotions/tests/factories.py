"""Makers of campaigns, carts and orders for tests."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from goodfor.identity.tests.factories import make_shop, make_staff
from goodfor.identity.types import ShopView
from goodfor.kernel.tenancy import platform_job
from goodfor.promotions.invariants import INVARIANTS
from goodfor.promotions.operations.make_campaign import make_campaign
from goodfor.promotions.operations.submit_campaign import submit_campaign
from goodfor.promotions.types import (
    ACTIVITY,
    BY_COUPON,
    COUPON,
    ORDER,
    BuyerNames,
    Cart,
    CartLine,
    FullReduce,
    Limit,
    Live,
    Made,
    Presented,
    Priced,
    Scope,
    Share,
    Spec,
    Tier,
    Traced,
    UnitPrice,
    Window,
)

EVERYTHING = Scope(everything=True)


def shop_and_actor(now: datetime) -> tuple[ShopView, str]:
    """A shop of one person."""
    shop = make_shop(now)
    return shop, make_staff(shop, now).actor


def window(now: datetime) -> Window:
    return Window(now - timedelta(days=1), now + timedelta(days=7))


def flash(now: datetime, *limits: Limit, price: int = 500, scope: Scope = EVERYTHING, **over: Any) -> Spec:
    """An activity price."""
    values: dict[str, Any] = {
        "play": "flash", "layer": ACTIVITY, "window": window(now), "scope": scope, "effect": UnitPrice(price),
        "limits": limits,
    }  # fmt: skip
    return Spec(**{**values, **over})


def reduce_by(now: datetime, off: int, *limits: Limit, coupon: bool = False, **over: Any) -> Spec:
    """满减 from the first fen on, or the same by coupon."""
    values: dict[str, Any] = {
        "play": "coupon" if coupon else "full_reduce", "layer": COUPON if coupon else ORDER, "window": window(now),
        "scope": EVERYTHING, "effect": FullReduce((Tier(1, off),)), "limits": limits,
    }  # fmt: skip
    if coupon:
        values["trigger"] = BY_COUPON
    return Spec(**{**values, **over})


def run(shop: ShopView, spec: Spec, actor: str, now: datetime, name: str = "活动") -> Made:
    """Make it and let it count."""
    made = make_campaign(shop_id=shop.id, name=name, spec=spec, actor=actor, now=now)
    submit_campaign(shop_id=shop.id, campaign_id=made.campaign_id, number=made.number, actor=actor, now=now)
    return made


def line(sku: UUID | None = None, quantity: int = 1, price: int = 1000, cost: int | None = 300) -> CartLine:
    return CartLine(sku or uuid4(), uuid4(), uuid4(), quantity, price, cost)


def cart(now: datetime, *lines: CartLine, coupons: Sequence[Presented] = (), **over: Any) -> Cart:
    return Cart(lines or (line(),), "web", now, coupons=tuple(coupons), **over)


def buyer(name: str = "b", **over: str) -> BuyerNames:
    return BuyerNames(name, **over)


def priced(cart: Cart, *shares: Share, trace: Sequence[Traced] = ()) -> Priced:
    nets = [one.quantity * one.price for one in cart.lines]
    for share in shares:
        nets[share.line] -= share.minor
    return Priced(tuple(nets), shares, (), tuple(trace))


def share(
    made: Made | Live, minor: int = 100, *, line: int = 0, units: int = 0, coupon_id: UUID | None = None, loss: int = 0
) -> Share:  # fmt: skip
    return Share(line, made.campaign_id, made.revision_id, minor, units, coupon_id, loss)


def of(lives: Sequence[Live]) -> Mapping[UUID, Live]:
    return {live.campaign_id: live for live in lives}


def broken(now: datetime) -> list[str]:
    """Which truths of promotions do not hold, also within a test's own transaction."""
    found = []
    with platform_job("test"), connection.cursor() as cursor:
        for one in INVARIANTS:
            cursor.execute(one.sql, {"now": now})
            if cursor.fetchall():
                found.append(one.name)
    return found


def pieces_left(live: Live, sku: UUID) -> int | None:
    """What the evaluator reads of it."""
    return live.left.units.get(sku, live.left.units_each)
