"""What an order under campaigns earned: list price as revenue, discounts beside it, VAT and shares of what was paid."""

import pytest

from goodfor.finance import queries
from goodfor.finance.sold_models import Sold
from goodfor.finance.tests.conftest import Scene
from goodfor.finance.tests.world import follow
from goodfor.finance.types import Terms
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations import refund_order, refund_part
from goodfor.orders.tests.factories import booked, broken, refund_all
from goodfor.orders.tests.promoting import COST, fair
from goodfor.promotions.tests.factories import EVERYTHING, reduce_by, window
from goodfor.promotions.types import ORDER, Gift, Spec

pytestmark = pytest.mark.django_db(transaction=True)
PRICE, GIFT, OFF = 4850, 9650, 1131


def test_what_was_paid_is_taxed_and_shared_and_all_of_it_goes_back(scene: Scene) -> None:
    here = fair(scene.shop, scene.now)
    scene.taxed(1300)
    scene.agree(scene.party("li"), Terms("percent", bp=1000), base="net_of_discount")
    scene.agree(scene.party("wang"), Terms("percent", bp=1000), base="gross")
    here.run(reduce_by(scene.now, OFF))
    here.run(Spec("gift", ORDER, window(scene.now), EVERYTHING, Gift(here.other_sku, 1, 1)))
    order = here.sell((scene.shop.sku_id, 2))
    paid = 2 * PRICE - OFF
    assert order.total.amount_minor == paid
    follow(scene.now)
    rows = {row.order_line_id: row for row in Sold.objects.filter(order_id=order.id)}
    line, gift = (rows[one.line_id] for one in order.lines)
    vat = round(paid * 13 / 113)
    assert (line.gross_minor, line.discount_minor, line.vat_minor) == (paid, OFF, vat)
    assert (gift.gross_minor, gift.discount_minor, gift.vat_minor) == (0, GIFT, 0)
    profit = queries.order_profit(scene.shop_id, order.id)
    assert profit is not None
    assert booked(scene.shop, "5001:sales:codes") == 2 * PRICE + GIFT - vat
    assert booked(scene.shop, "5002:coupon:campaigns") == OFF + GIFT
    assert booked(scene.shop, "5401:cogs:codes") == 3 * COST
    assert booked(scene.shop, "2206:distributor:li") == paid // 10 + (paid % 10 >= 5)
    refund_part(
        shop_id=scene.shop_id, order_id=order.id, amount=Money(333, "CNY"), reason="r", actor="staff:1", now=scene.now
    )
    refund_all(scene.now)
    follow(scene.now)
    refund_order(shop_id=scene.shop_id, order_id=order.id, reason="r", actor="staff:1", by_staff=True, now=scene.now)
    refund_all(scene.now)
    follow(scene.now)
    assert orders.order_view(scene.shop_id, order.id).state == "refunded"
    for account in ("5001:sales:codes", "5002:coupon:campaigns", "2206:distributor:li", "2206:distributor:wang",
                    "2221:vat:output", "5401:cogs:codes"):  # fmt: skip
        assert booked(scene.shop, account) == 0, account
    assert broken(scene.now) == {}
