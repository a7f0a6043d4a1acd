"""What following reads, and what it may leave out; what is kept for many orders is what it would be for one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from goodfor.finance import agreed, following
from goodfor.finance.operations import follow_orders
from goodfor.finance.rules import booking
from goodfor.finance.tests.conftest import LONG, Scene
from goodfor.finance.types import Terms
from goodfor.kernel.ids import uuid7
from goodfor.ledger.types import Entry, Line
from goodfor.orders.tests.factories import sql

pytestmark = pytest.mark.django_db(transaction=True)
TENTH = Terms("percent", bp=1000)


def test_an_order_that_waits_for_nothing_is_not_read_whole(scene: Scene) -> None:
    scene.agree(scene.party(), TENTH)
    order = scene.buy()
    [before] = following.read(scene.shop_id, [order.id])
    assert (before.known, before.followed, len(before.lines)) == (False, False, 1)
    scene.follow()
    [after] = following.read(scene.shop_id, [order.id])
    assert (after.known, after.followed, after.waiting) == (True, True, False)
    assert (after.lines, after.sold, after.shares) == ([], {}, {})
    assert [one.amount for one in before.postings] == [one.amount for one in after.postings][: len(before.postings)]
    scene.part(order, 100)
    [waiting] = following.read(scene.shop_id, [order.id])
    assert waiting.waiting
    assert (len(waiting.sold), [len(one) for one in waiting.shares.values()]) == (1, [1])
    scene.follow()
    [done] = following.read(scene.shop_id, [order.id])
    assert (done.waiting, done.sold) == (False, {})


def test_times_are_exact_to_the_microsecond(scene: Scene) -> None:
    order = scene.buy()
    [books] = following.read(scene.shop_id, [order.id])
    [(paid_at,)] = sql("SELECT paid_at FROM orders_order WHERE id = %s", [order.id])
    assert books.head.paid_at == paid_at
    found = dict(sql("SELECT reference, effective_at FROM ledger_tx"))
    assert {one.at for one in books.postings} <= set(found.values())
    assert all(found[one.reference] == one.at for one in books.postings)


def test_what_is_known_of_a_stretch_is_what_holds_at_each_time(scene: Scene) -> None:
    scene.taxed(1300)
    scene.contract("agent", tax_class="goods")
    party = scene.party()
    scene.agree(party, TENTH, code="long")
    scene.agree(party, TENTH, code="short", since=scene.now - timedelta(days=3), valid_to=scene.now - timedelta(days=1))
    known = agreed.read(scene.shop_id)
    assert len(known.edges) == 3
    for edge in known.edges:
        for at in (edge - timedelta(microseconds=1), edge, edge + timedelta(microseconds=1)):
            fresh = agreed.read(scene.shop_id)
            assert known.terms("", scene.shop.sku_id, at) == fresh.terms("", scene.shop.sku_id, at)
            assert [one.agreement.code for one in known.pacts(at, "CNY")] == [
                one.agreement.code for one in fresh.pacts(at, "CNY")
            ]
    held = {
        days: [one.agreement.code for one in known.pacts(scene.now - timedelta(days=days), "CNY")]
        for days in (0, 1, 2, 3, 4)
    }
    assert held == {0: ["long"], 1: ["long"], 2: ["long", "short"], 3: ["long", "short"], 4: ["long"]}
    assert known.pacts(scene.now - LONG - timedelta(microseconds=1), "CNY") == []
    assert known.pacts(scene.now, "USD") == []


def test_every_order_of_many_is_told(scene: Scene) -> None:
    scene.agree(scene.party(), TENTH)
    ids = [scene.buy().id for _ in range(3)]
    assert follow_orders(shop_id=scene.shop_id, order_ids=ids, now=scene.now) == 3
    told = sql(
        "SELECT shop_id, version, cause_type, cause_id, payload ->> 'order_id', occurred_at FROM kernel_event"
        " WHERE name = 'finance.shares_booked' ORDER BY id"
    )
    assert told == [(scene.shop_id, 1, "order", one, str(one), scene.now) for one in sorted(ids)]
    assert sql("SELECT count(*) FROM finance_share") == [(3,)]


def test_a_mark_changes_nothing_else() -> None:
    ids = {name: uuid7() for name in ("order_line_id", "sku_id", "supplier_id", "party_id", "brand_id", "campaign_id")}
    line, apart = Line("5001:sales:codes", 7, uuid4(), **ids), Line("6601:commission", -7)
    entry = Entry(
        "a", "b", (line, apart), datetime(2026, 1, 1, tzinfo=UTC), ("c", uuid4()), {"d": 1}, 3, adjustment=True
    )
    assert booking.through(entry, "web") == replace(entry, lines=(replace(line, channel="web"), apart))
    assert booking.through(entry, "") is entry
