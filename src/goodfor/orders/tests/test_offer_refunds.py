"""Whatever is given back of an order under campaigns, in any order: exact at the end, in the books and in limits."""

import random
from datetime import datetime

import pytest

from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.orders import queries
from goodfor.orders.operations import grant_refund, open_claim, refund_order, refund_part
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken, refund_all, state_of
from goodfor.orders.tests.promoting import COST, Fair, fair
from goodfor.orders.types import OrderView
from goodfor.promotions.tests.factories import EVERYTHING, flash, reduce_by, window
from goodfor.promotions.types import ORDER, PART, Gift, Limit, Nth, Scope, Spec

pytestmark = pytest.mark.django_db(transaction=True)


def net_of_lines(order: OrderView) -> dict[object, int]:
    """What each line still brings by the books: its list price less its discounts, less what went back."""
    found = dict.fromkeys([line.line_id for line in order.lines], 0)
    for one in ledger.postings_of_order(order.shop_id, order.id):
        if one.account.startswith(("5001:sales", "5002:")):
            found[one.order_line_id] -= one.amount_minor
    return dict(found)


def some_order(here: Fair, now: datetime, luck: random.Random) -> OrderView:
    """Two lines with odd discounts of several campaigns, and a gift."""
    only = Scope(skus=frozenset({here.shop.sku_id}))
    here.run(flash(now, price=luck.choice([2999, 3333, 4849]), scope=only))
    here.run(reduce_by(now, luck.choice([1, 7, 101, 997]), Limit("campaign", "minor", "all", 99_999, PART)))
    here.run(Spec("nth", ORDER, window(now), EVERYTHING, Nth(2, luck.choice([3333, 5001]), across=True)))
    here.run(Spec("gift", ORDER, window(now), EVERYTHING, Gift(here.shop.sku_id, 1, 1)))
    return here.sell((here.shop.sku_id, luck.choice([1, 3, 4])), (here.other_sku, luck.choice([2, 3])))


@pytest.mark.parametrize("seed", range(2))
def test_it_ends_exact(shop: Shop, now: datetime, seed: int) -> None:
    luck, here = random.Random(seed), fair(shop, now)
    order = some_order(here, now, luck)
    assert net_of_lines(order) == {line.line_id: line.net.amount_minor for line in order.lines}
    assert sum(line.discount_minor for line in order.lines) > 0
    given = 0
    for _ in range(6):
        order = queries.order_view(order.shop_id, order.id)
        line = luck.choice([line for line in order.lines if not line.gift])
        before = net_of_lines(order)
        if luck.random() < 0.6 and line.returned < line.quantity:
            held = queries.claim_offer(order.shop_id, order, line.line_id)
            offer = queries.claim_offer(order.shop_id, order, line.line_id, held.codes[: luck.choice([1, 1, 2])])
            if offer.whole or not 0 < offer.amount.amount_minor < offer.left.amount_minor:
                continue
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
            given += offer.amount.amount_minor
            assert before[line.line_id] - net_of_lines(order)[line.line_id] <= offer.amount.amount_minor
        else:
            amount = luck.choice([1, 3, 101, 333])
            refund_part(
                shop_id=order.shop_id, order_id=order.id, amount=Money(amount, "CNY"), reason="r", actor="staff:1",
                now=now,
            )  # fmt: skip
            refund_all(now)
            given += amount
        left = net_of_lines(order)
        assert sum(left.values()) == order.total.amount_minor - given
        assert min(left.values()) >= 0
    refund_order(shop_id=order.shop_id, order_id=order.id, reason="r", actor="staff:1", by_staff=True, now=now)
    refund_all(now)
    assert state_of(shop, order.id) == "refunded"
    assert set(net_of_lines(order).values()) == {0}
    assert here.books(order.id).keys() <= {"5401:cogs:codes"}
    assert sum(here.books(order.id).values()) % COST == 0
    assert broken(now) == {}
