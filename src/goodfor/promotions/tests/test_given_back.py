"""Whatever goes back of orders, in any order: each limit gets back what its policy says, reckoned here once more.

Orders of several campaigns with coupons and limits of every kind and policy; a few in every run, 20,000 in
`goodfor soak promotions`.
"""

import os
import random
from collections import Counter as Many
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import pytest

from goodfor.promotions import operations
from goodfor.promotions.models import Coupon, Held, Taking
from goodfor.promotions.operations.make_coupons import make_coupons, write_codes
from goodfor.promotions.tests.factories import (
    broken,
    buyer,
    cart,
    flash,
    line,
    priced,
    reduce_by,
    run,
    share,
    shop_and_actor,
)
from goodfor.promotions.types import NEVER, PART, WHOLE, BatchWish, Cart, CartLine, Limit, Made, Priced

pytestmark = pytest.mark.django_db
SCALE: Final = float(os.environ.get("GOODFOR_SOAK_SCALE", "1"))
FIRST: Final = int(os.environ.get("GOODFOR_SOAK_FIRST", "1000000"))
QUARTER: Final = max(1, round(5_000 * SCALE))
#: Histories of one shop.
CHUNK: Final = 500
MUCH: Final = 10**12
FREE, USED = "free", "used"


def all_limits(*counts: str) -> tuple[Limit, ...]:
    """Each that may be, each policy by turns."""
    policies = (WHOLE, PART, NEVER)
    places = [
        (entity, one, period)
        for one in counts
        for entity in ("campaign", "buyer", "phone", *(("sku",) if one == "units" else ()))
        for period in ("all", "day")
    ]
    return tuple(Limit(*place, MUCH, policies[n % 3]) for n, place in enumerate(places))


@dataclass
class Fair:
    """A shop with an activity price, two reductions and a coupon."""

    shop_id: UUID
    price: Made
    reductions: tuple[Made, Made]
    coupon: Made
    codes: list[UUID]
    goods: list[CartLine]


def fair(now: datetime, coupons: int) -> Fair:
    shop, actor = shop_and_actor(now)
    price = run(shop, flash(now, *all_limits("uses", "minor", "units")), actor, now)
    reductions = (
        run(shop, reduce_by(now, 100, *all_limits("minor", "uses")), actor, now),
        run(shop, reduce_by(now, 70, Limit("campaign", "minor", "week", MUCH, PART)), actor, now),
    )
    coupon = run(shop, reduce_by(now, 50, *all_limits("uses", "minor")[::-1], coupon=True), actor, now)
    batch = make_coupons(
        shop_id=shop.id, wish=BatchWish(coupon.campaign_id, "unique", "码", wanted=coupons), actor=actor, now=now
    )
    while write_codes(now=now):
        pass
    codes = list(Coupon.objects.filter(shop_id=shop.id, batch_id=batch.id).values_list("id", flat=True))
    return Fair(shop.id, price, reductions, coupon, codes, [line() for _ in range(4)])


@dataclass
class Bought:
    """An order that was paid for: what it got, and what of it went back so far."""

    order_id: UUID
    cart: Cart
    priced: Priced
    coupon: UUID | None
    discount: int
    pieces: Many[UUID]
    back: Many[UUID]
    back_minor: int = 0
    whole: bool = False


def buy(here: Fair, luck: random.Random, now: datetime, coupon: UUID | None) -> Bought:
    lines = [line(one.sku_id, luck.randint(1, 5)) for one in luck.sample(here.goods, luck.randint(1, 3))]
    # Of one SKU there may be more lines than one.
    if luck.random() < 0.3:
        lines.append(line(lines[0].sku_id, luck.randint(1, 3)))
    basket, shares = cart(now, *lines), []
    for n, one in enumerate(lines):
        if luck.random() < 0.6:
            shares.append(share(here.price, luck.randint(1, 900), line=n, units=luck.randint(1, one.quantity)))
        for made in here.reductions:
            if luck.random() < 0.5:
                shares.append(share(made, luck.choice([1, 2, 7, 333, 10_001]), line=n))
        if coupon is not None and luck.random() < 0.8:
            shares.append(share(here.coupon, luck.randint(1, 99), line=n, coupon_id=coupon))
    told, order, names = priced(basket, *shares), uuid4(), buyer(f"b{luck.randrange(9)}", phone=f"p{luck.randrange(9)}")
    operations.reserve(shop_id=here.shop_id, order_id=order, names=names, cart=basket, priced=told, now=now)
    if luck.random() < 0.2:
        operations.release(shop_id=here.shop_id, order_id=order, now=now)
        assert operations.reserve_again(shop_id=here.shop_id, order_id=order, now=now)
    operations.commit(shop_id=here.shop_id, order_id=order, now=now)
    pieces: Many[UUID] = Many()
    for one in lines:
        pieces[one.sku_id] += one.quantity
    used = coupon if any(one.coupon_id for one in shares) else None
    return Bought(order, basket, told, used, sum(one.minor for one in shares), pieces, Many())


def give_back(here: Fair, luck: random.Random, order: Bought, now: datetime) -> None:
    """Some pieces or money, or all that is left; told as a sum, now and then twice; or a bank asks, and nothing is."""
    if luck.random() < 0.15:
        operations.roll_back(
            shop_id=here.shop_id, order_id=order.order_id, whole=True, minor=order.discount, units={}, disputed=True,
            now=now,
        )  # fmt: skip
        return
    if luck.random() < 0.25:
        order.whole, order.back_minor = True, order.discount
    else:
        sku = luck.choice(sorted(order.pieces))
        order.back[sku] = min(order.pieces[sku], order.back[sku] + luck.choice([0, 1, 1, 2]))
        order.back_minor = min(order.discount, order.back_minor + luck.choice([0, 1, 3, 50, 400]))
    for _ in range(luck.choice([1, 1, 2])):
        operations.roll_back(
            shop_id=here.shop_id, order_id=order.order_id, whole=order.whole, minor=order.back_minor, disputed=False,
            units={sku: (order.back[sku], many) for sku, many in order.pieces.items()}, now=now,
        )  # fmt: skip


def expected(order: Bought, taking: Taking) -> int:
    """What of a taking is back, by section 7 of docs/promotions.md."""
    if taking.policy == NEVER:
        return 0
    if order.whole:
        return taking.amount
    if taking.policy == WHOLE or taking.counts == "uses":
        return 0
    if taking.counts == "units":
        sku = UUID(taking.key[-36:])
        return taking.amount * order.back[sku] // order.pieces[sku]
    return taking.amount * order.back_minor // order.discount


def wrong(here: Fair, order: Bought) -> Iterator[str]:
    takings = list(Taking.objects.filter(shop_id=here.shop_id, order_id=order.order_id).exclude(state="released"))
    if bool(takings) is not bool(order.discount):
        yield f"{len(takings)} takings of {order.discount}"
    for taking in takings:
        if taking.back != expected(order, taking):
            yield f"{taking.entity} {taking.counts} {taking.policy}: {taking.back}, not {expected(order, taking)}"
    for held in Held.objects.filter(shop_id=here.shop_id, order_id=order.order_id, state="used"):
        part = held.minor if order.whole else held.minor * order.back_minor // max(order.discount, 1)
        if held.back_minor != part:
            yield f"held: {held.back_minor} back, not {part}"
    if order.coupon is not None:
        state = Coupon.objects.get(shop_id=here.shop_id, id=order.coupon).state
        if state != (FREE if order.whole else USED):
            yield f"the coupon is {state}"


def histories(now: datetime, seeds: range) -> None:
    here = fair(now, len(seeds))
    for seed, coupon in zip(seeds, here.codes, strict=True):
        luck = random.Random(seed)
        order = buy(here, luck, now, coupon if luck.random() < 0.5 else None)
        for _ in range(luck.randint(1, 4)):
            if order.discount:
                give_back(here, luck, order, now)
            assert list(wrong(here, order)) == [], f"seed {seed}"
    # And what is left of all limits is what they were less what orders hold.
    assert broken(now) == []


def test_limits_get_back_what_their_policy_says(now: datetime) -> None:
    histories(now, range(1, 21))


def test_a_coupon_is_used_until_all_of_its_order_went_back(now: datetime) -> None:
    """Also where all that it took off is back, and other lines are kept."""
    here, order = fair(now, 1), uuid4()
    [coupon] = here.codes
    basket = cart(now, line(), line())
    told = priced(basket, share(here.coupon, 50, coupon_id=coupon))
    operations.reserve(shop_id=here.shop_id, order_id=order, names=buyer(), cart=basket, priced=told, now=now)
    operations.commit(shop_id=here.shop_id, order_id=order, now=now)
    for whole, state in ((False, USED), (True, FREE)):
        operations.roll_back(
            shop_id=here.shop_id, order_id=order, whole=whole, minor=50, units={}, disputed=False, now=now
        )
        assert Coupon.objects.get(shop_id=here.shop_id, id=coupon).state == state
        assert broken(now) == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(4))
@pytest.mark.django_db(transaction=True)
def test_limits_get_back_what_their_policy_says_twenty_thousand_times(now: datetime, part: int) -> None:
    # Each step in a transaction of its own: within one, all versions of a row that is written again are kept.
    end = FIRST + (part + 1) * QUARTER
    for first in range(FIRST + part * QUARTER, end, CHUNK):
        histories(now, range(first, min(first + CHUNK, end)))
