"""Whatever is given back of an order under campaigns, in any order: exact at the end, in the books and in limits."""

import os
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import pytest

from goodfor.cli import world
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.orders import queries
from goodfor.orders.operations import grant_refund, open_claim, refund_order, refund_part
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken, refund_all, sql, state_of
from goodfor.orders.tests.promoting import COST, Fair, fair
from goodfor.orders.types import OrderView
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentDisputed
from goodfor.payments.models import Account
from goodfor.payments.operations.note_dispute import apply_dispute
from goodfor.payments.types import Fact
from goodfor.promotions.operations.make_coupons import make_coupons, write_codes
from goodfor.promotions.operations.steer_campaign import end_campaign
from goodfor.promotions.tests.factories import EVERYTHING, flash, reduce_by, window
from goodfor.promotions.types import NEVER, ORDER, PART, BatchWish, Gift, Limit, Made, Nth, Scope, Spec

SCALE: Final = float(os.environ.get("GOODFOR_SOAK_SCALE", "1"))
FIRST: Final = int(os.environ.get("GOODFOR_SOAK_FIRST", "1000000"))
#: Histories of each of the ten parts of the long one.
EACH: Final = max(1, round(50 * SCALE))
MUCH: Final = 10**12
NO_BOUNDS: Final = '{"refund_limit_minor": -1, "refund_daily_limit_minor": -1, "refund_daily_cap_minor": -1}'
pytestmark = pytest.mark.django_db(transaction=True)


def net_of_lines(order: OrderView) -> dict[object, int]:
    """What each line still brings by the books: its list price less its discounts, less what went back."""
    found = dict.fromkeys([line.line_id for line in order.lines], 0)
    for one in ledger.postings_of_order(order.shop_id, order.id):
        if one.account.startswith(("5001:sales", "5002:")):
            found[one.order_line_id] -= one.amount_minor
    return dict(found)


@dataclass(frozen=True)
class Sold:
    """An order of several campaigns, and its coupon."""

    order: OrderView
    coupon: UUID
    campaigns: list[Made]


def some_order(here: Fair, now: datetime, luck: random.Random, number: int) -> Sold:
    """Two lines with odd discounts of several campaigns and a coupon, under limits of every policy; and a gift."""
    only = Scope(skus=frozenset({here.shop.sku_id}))
    each = (
        Limit("campaign", "minor", "all", MUCH, PART), Limit("buyer", "minor", "day", MUCH, NEVER),
        Limit("buyer", "uses", "all", MUCH), Limit("campaign", "uses", "all", MUCH, PART),
    )  # fmt: skip
    units = Limit("sku", "units", "all", 99, PART), Limit("buyer", "units", "all", 99)
    coupon = here.run(reduce_by(now, luck.choice([9, 250]), *each, coupon=True))
    made = [
        here.run(flash(now, *each, *units, price=luck.choice([2999, 3333, 4849]), scope=only)),
        here.run(reduce_by(now, luck.choice([1, 7, 101, 997]), *each)),
        here.run(Spec("nth", ORDER, window(now), EVERYTHING, Nth(2, luck.choice([3333, 5001]), across=True))),
        here.run(Spec("gift", ORDER, window(now), EVERYTHING, Gift(here.shop.sku_id, 1, 1), limits=each[:1])),
        coupon,
    ]
    make_coupons(
        shop_id=here.shop_id, wish=BatchWish(coupon.campaign_id, "unique", "码", wanted=1), actor=here.actor, now=now
    )
    while write_codes(now=now):
        pass
    [(code,)] = sql("SELECT id FROM promotions_coupon WHERE campaign_id = %s", [coupon.campaign_id])
    order = here.sell(
        (here.shop.sku_id, luck.choice([1, 3, 4])), (here.other_sku, luck.choice([2, 3])), coupons=[code],
        ref=f"guest:{number}",
    )  # fmt: skip
    return Sold(order, code, made)


def discounts_back(order: OrderView) -> dict[tuple[object, object], tuple[int, int]]:
    """By line and campaign: what the books say was taken off, and what of it went back."""
    found: dict[tuple[object, object], list[int]] = defaultdict(lambda: [0, 0])
    for line, campaign, kind, minor in sql(
        "SELECT p.order_line_id, p.campaign_id, t.kind, p.amount_minor FROM ledger_posting p JOIN ledger_account a"
        " ON a.id = p.account_id AND a.code = '5002:coupon:campaigns' JOIN ledger_tx t ON t.id = p.tx_id"
        " WHERE p.order_id = %s AND p.layer = 0", [order.id],
    ):  # fmt: skip
        found[line, campaign][kind == "refund"] += minor if kind == "delivery" else -minor
    return {place: (given, back) for place, (given, back) in found.items()}


def check_limits(sold: Sold, *, whole: bool) -> None:
    """Each limit has back what its policy says, and the coupon is who used it's until all went back."""
    order = queries.order_view(sold.order.shop_id, sold.order.id)
    booked = discounts_back(order)
    given, back = sum(one for one, _ in booked.values()), sum(one for _, one in booked.values())
    # A gift of the same goods is among its pieces.
    pieces = {line.sku_id: sum(x.quantity for x in order.lines if x.sku_id == line.sku_id) for line in order.lines}
    returned = {line.sku_id: sum(x.returned for x in order.lines if x.sku_id == line.sku_id) for line in order.lines}
    rows = sql("SELECT counts, key, amount, policy, back FROM promotions_taking WHERE order_id = %s", [order.id])
    assert len(rows) > 4
    for counts, key, amount, policy, had in rows:
        if policy == NEVER:
            expected = 0
        elif whole:
            expected = amount
        elif policy != PART or counts == "uses":
            expected = 0
        elif counts == "units":
            sku = UUID(key[-36:])
            expected = amount * returned[sku] // pieces[sku]
        else:
            expected = amount * back // given
        assert had == expected, (counts, policy, amount, whole)
    state = sql("SELECT state FROM promotions_coupon WHERE id = %s", [sold.coupon])
    assert state == [("free" if whole else "used",)]


def give_some(here: Fair, sold: Sold, luck: random.Random, now: datetime) -> int:
    """A claim about some pieces, or some money; what went back."""
    order = queries.order_view(sold.order.shop_id, sold.order.id)
    line = luck.choice([line for line in order.lines if not line.gift])
    before = net_of_lines(order)
    if luck.random() < 0.6 and line.returned < line.quantity:
        held = queries.claim_offer(order.shop_id, order, line.line_id)
        offer = queries.claim_offer(order.shop_id, order, line.line_id, held.codes[: luck.choice([1, 1, 2])])
        if offer.whole or not 0 < offer.amount.amount_minor < offer.left.amount_minor:
            return 0
        # The gift would stay: a person answers.
        assert offer.blocked
        assert offer.amount == line.price_of(len(offer.codes))
        claim = open_claim(
            shop_id=order.shop_id, order_id=order.id, line_id=line.line_id, reason="changed_mind",
            code_ids=offer.codes, actor="guest:a", now=now,
        )  # fmt: skip
        assert (claim.state, claim.refund) == ("open", None)
        back = grant_refund(shop_id=order.shop_id, claim_id=claim.id, reason="r", actor="staff:1", now=now)
        refund_all(now)
        assert back.amount == offer.amount
        assert before[line.line_id] - net_of_lines(order)[line.line_id] <= offer.amount.amount_minor
        return offer.amount.amount_minor
    amount = luck.choice([1, 3, 101, 333])
    refund_part(
        shop_id=order.shop_id,
        order_id=order.id,
        amount=Money(amount, "CNY"),
        reason="r",
        actor="staff:1",
        proven=True,
        now=now,
    )
    refund_all(now)
    return amount


def ask_bank(here: Fair, sold: Sold, now: datetime) -> None:
    """The buyer's bank takes the money: nobody gives it back once more, and limits keep what was taken."""
    assert sold.order.payment_id is not None
    payment = payments.payment(here.shop_id, sold.order.payment_id)
    account = Account.objects.get(shop_id=here.shop_id, id=payment.account_id)
    fact = Fact(
        kind="disputed", provider=payment.provider, account_id=account.id, our_ref="", channel_ref=f"dp_{payment.id}",
        amount=payment.amount, happened_at=now, source="query", parent_ref=payment.channel_ref,
    )  # fmt: skip
    apply_dispute(shop_id=here.shop_id, account=account, fact=fact, now=now)
    with pytest.raises(PaymentDisputed):
        give_all(here, sold, now)


def give_all(here: Fair, sold: Sold, now: datetime) -> None:
    refund_order(shop_id=here.shop_id, order_id=sold.order.id, reason="r", actor="staff:1", by_staff=True, now=now)
    refund_all(now)


def history(here: Fair, now: datetime, seed: int) -> None:
    """One order from its sale to whatever end: all back, kept, or in dispute."""
    luck = random.Random(seed)
    sold = some_order(here, now, luck, seed)
    order = sold.order
    assert net_of_lines(order) == {line.line_id: line.net.amount_minor for line in order.lines}
    off = {place: given for place, (given, _back) in discounts_back(order).items()}
    assert sum(off.values()) == sum(line.discount_minor for line in order.lines) > 0
    given = 0
    for _ in range(luck.randint(1, 6)):
        given += give_some(here, sold, luck, now)
        left = net_of_lines(order)
        assert sum(left.values()) == order.total.amount_minor - given
        assert min(left.values()) >= 0
        for place, (of, back) in discounts_back(order).items():
            assert (of, 0 <= back <= of) == (off[place], True)
        check_limits(sold, whole=False)
    end = luck.choice(["all", "all", "kept", "bank"])
    if end == "bank":
        ask_bank(here, sold, now)
    if end != "all":
        check_limits(sold, whole=False)
        return
    give_all(here, sold, now)
    assert state_of(here.shop, order.id) == "refunded"
    assert set(net_of_lines(order).values()) == {0}
    assert discounts_back(order) == {place: (of, of) for place, of in off.items()}
    assert here.books(order.id).keys() <= {"5401:cogs:codes"}
    assert sum(here.books(order.id).values()) % COST == 0
    check_limits(sold, whole=True)


def unbounded(shop: Shop, now: datetime) -> Fair:
    """How much one of the staff may give back in a day is another test's."""
    sql("UPDATE identity_shop SET settings = settings || %s::jsonb WHERE id = %s", [NO_BOUNDS, shop.demo.shop_id])
    return fair(shop, now)


def end_all(here: Fair, now: datetime) -> None:
    for campaign_id, _name in sql("SELECT id, name FROM promotions_campaign WHERE state = 'running'"):
        end_campaign(shop_id=here.shop_id, campaign_id=campaign_id, actor=here.actor, now=now)


@pytest.mark.parametrize("seed", range(2))
def test_it_ends_exact(shop: Shop, now: datetime, seed: int) -> None:
    history(unbounded(shop, now), now, seed)
    assert broken(now) == {}


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_it_ends_exact_again_and_again(shop: Shop, now: datetime, part: int) -> None:
    here = unbounded(shop, now)
    for seed in range(FIRST + part * EACH, FIRST + (part + 1) * EACH):
        for sku in (shop.sku_id, here.other_sku):
            world.load_codes(here.shop_id, sku, world.random_codes(10), now, cost_minor=COST)
        history(here, now, seed)
        end_all(here, now)
    assert broken(now) == {}
