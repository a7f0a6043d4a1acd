"""Many claims at once: few good codes, one refund. Refund, replacement, showing and a late void of one code at once are
played by `cli/tests/test_claim_race.py`.
"""

from collections import Counter
from datetime import datetime

from goodfor.orders import queries
from goodfor.orders.operations import grant_refund, refund_order, replace_claim
from goodfor.orders.tests.claiming import claim, codes_of, see, sell
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken, buy, refund_all, sql, stock, together


def test_few_good_codes_for_many_claims(shop: Shop, now: datetime) -> None:
    """Twelve want one of three: three have it, the others nothing, and no code is given to two."""
    order = buy(shop, now, 12)
    see(order, now)
    made = [claim(order, now, [code]) for code in codes_of(order)]
    buy(shop, now, 5)
    assert stock(shop) == (3, 0, 17)

    def replace(index: int) -> str:
        return replace_claim(shop_id=order.shop_id, claim_id=made[index].id, reason="x", actor="system", now=now)

    assert Counter(together(replace, 12)) == {"replaced": 3, "nothing_in_its_place": 9}
    assert stock(shop)[:2] == (0, 0)
    assert sql("SELECT count(*), count(DISTINCT new_code_id) FROM orders_claim_unit WHERE state = 'replaced'") == [
        (3, 3)
    ]
    assert len(codes_of(order)) == 12
    assert broken(now) == {}


def test_one_claim_granted_by_many_at_once(shop: Shop, now: datetime) -> None:
    order = sell(shop, now)
    see(order, now)
    made = claim(order, now, codes_of(order)[:1])

    def act(index: int) -> str:
        if index % 3 == 0:
            refund_order(shop_id=order.shop_id, order_id=order.id, reason="x", actor="staff:1", by_staff=True, now=now)
        else:
            grant_refund(shop_id=order.shop_id, claim_id=made.id, reason="x", actor="system", now=now)
        return "done"

    found = Counter(together(act, 12))
    assert set(found) <= {"done", "refund_running"}
    assert queries.claim(order.shop_id, made.id).state == "refunded"
    assert sql("SELECT count(*) FROM payments_refund") == [(1,)]
    refund_all(now)
    assert broken(now) == {}
