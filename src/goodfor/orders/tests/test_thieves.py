"""What a thief tries with orders under campaigns, and does not get."""

from datetime import datetime
from uuid import uuid4

import pytest

from goodfor.delivery import queries as delivery
from goodfor.orders import queries
from goodfor.orders.errors import InvalidOrder
from goodfor.orders.operations import grant_refund, open_claim, quote, reveal_codes
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken, refund_all, sql
from goodfor.orders.tests.promoting import Fair, fair
from goodfor.orders.types import Buyer, LineRequest
from goodfor.promotions.tests.factories import EVERYTHING, flash, window
from goodfor.promotions.types import ORDER, PART, Gift, Limit, Scope, Spec

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = 4850


@pytest.fixture
def here(shop: Shop, now: datetime) -> Fair:
    return fair(shop, now)


def test_a_gift_does_not_stay_with_who_gives_back_what_earned_it(here: Fair, now: datetime) -> None:
    here.run(Spec("gift", ORDER, window(now), EVERYTHING, Gift(here.other_sku, 1, 9000)))
    order = here.sell((here.shop.sku_id, 2))
    line, gift = order.lines
    assert gift.gift
    half = queries.claim_offer(here.shop_id, order, line.line_id).codes[:1]
    offer = queries.claim_offer(here.shop_id, order, line.line_id, half)
    assert (offer.at_once, offer.blocked, offer.whole) == (False, True, False)
    asked = {"shop_id": here.shop_id, "order_id": order.id, "reason": "changed_mind", "actor": "guest:a", "now": now}
    claim = open_claim(**asked, line_id=line.line_id, code_ids=half)
    assert (claim.state, claim.refund) == ("open", None)
    assert not queries.order_view(here.shop_id, order.id).refunded.amount_minor
    # All of it goes back with its gift, at once, as long as nobody has looked at that.
    other = here.sell((here.shop.sku_id, 1), (here.other_sku, 1), ref="guest:b")
    assert queries.claim_offer(here.shop_id, other, other.lines[0].line_id).blocked
    alone = here.sell((here.shop.sku_id, 2), ref="guest:c")
    assert queries.claim_offer(here.shop_id, alone, alone.lines[0].line_id).at_once
    seen = delivery.masked_codes(here.shop_id, [alone.lines[1].line_id])
    reveal_codes(
        shop_id=here.shop_id, order_id=alone.id, code_ids=[one.code_id for one in seen], actor="guest:c", ip="", now=now
    )
    assert queries.claim_offer(here.shop_id, alone, alone.lines[0].line_id).blocked
    # A person may still say yes.
    grant_refund(shop_id=here.shop_id, claim_id=claim.id, reason="r", actor="staff:1", now=now)
    refund_all(now)
    assert queries.order_view(here.shop_id, order.id).refunded == line.price_of(1)
    assert broken(now) == {}


def test_a_limit_of_a_name_that_he_has_not_gives_nothing(here: Fair, now: datetime) -> None:
    here.run(flash(now, Limit("device", "uses", "all", 1), price=3000))
    wanted = [LineRequest(here.shop.sku_id, 1)]
    # What is shown before he is known is what he may come to.
    assert quote(shop_id=here.shop_id, lines=wanted, buyer=Buyer("guest:a"), now=now).total.amount_minor == 3000
    assert here.place(buyer=Buyer("guest:a")).total.amount_minor == FIRST
    assert here.place(buyer=Buyer("guest:b", device="d")).total.amount_minor == 3000
    assert here.place(buyer=Buyer("guest:c", device="d")).total.amount_minor == FIRST
    assert sql("SELECT count(*) FROM promotions_taking") == [(1,)]


def test_a_piece_that_goes_back_takes_its_part_of_the_price_along(here: Fair, now: datetime) -> None:
    only = Scope(skus=frozenset({here.shop.sku_id}))
    made = here.run(flash(now, Limit("buyer", "units", "all", 2, PART), price=1000, scope=only))
    order = here.sell((here.shop.sku_id, 5))
    [line] = order.lines
    assert line.net.amount_minor == 2 * 1000 + 3 * FIRST
    codes = queries.claim_offer(here.shop_id, order, line.line_id).codes
    asked = {"shop_id": here.shop_id, "order_id": order.id, "reason": "changed_mind", "actor": "guest:a", "now": now}
    open_claim(**asked, line_id=line.line_id, code_ids=codes[:2])
    refund_all(now)
    # Three pieces are still his, with three fifths of the discount: else he had more of it with each order.
    assert here.left(made) == [("buyer", "units", 2)]
    assert here.place((here.shop.sku_id, 2)).total.amount_minor == 2 * FIRST
    open_claim(**asked, line_id=line.line_id, code_ids=codes[2:3])
    refund_all(now)
    assert here.left(made) == [("buyer", "units", 1)]
    assert broken(now) == {}


def test_nobody_brings_coupons_by_the_thousand(here: Fair) -> None:
    with pytest.raises(InvalidOrder):
        here.place(coupons=[uuid4() for _ in range(1_000)])
    assert sql("SELECT count(*) FROM orders_order") == [(0,)]
