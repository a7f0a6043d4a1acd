"""Cancelled, expired, past the deadline; and codes shown to their owner."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from goodfor.delivery import queries as delivery
from goodfor.kernel.errors import DomainError
from goodfor.orders import tasks
from goodfor.orders.operations import cancel_order, expire_order, meet_deadline, refund_order, reveal_codes
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import begin, broken, buy, open_till, pay, place, refund_all, sql, state_of, stock


def test_a_cancelled_order_gives_its_codes_back(shop: Shop, now: datetime) -> None:
    order = place(shop, now, 4)
    args = {"shop_id": shop.demo.shop_id, "order_id": order.order_id, "actor": "guest:x", "now": now}
    cancel_order(**args)
    assert (state_of(shop, order.order_id), stock(shop)) == ("cancelled", (20, 0, 0))
    with pytest.raises(DomainError) as caught:
        cancel_order(**args)
    assert caught.value.code == "wrong_order_state"
    assert broken(now) == {}


def test_what_was_delivered_is_not_cancelled(shop: Shop, now: datetime) -> None:
    order = buy(shop, now)
    with pytest.raises(DomainError) as caught:
        cancel_order(shop_id=order.shop_id, order_id=order.id, actor="x", now=now)
    assert caught.value.code == "wrong_order_state"
    assert not expire_order(shop_id=order.shop_id, order_id=order.id, now=now)
    assert stock(shop) == (19, 0, 1)


def test_the_watch_expires_what_was_not_paid_in_time(shop: Shop, now: datetime) -> None:
    orders = [place(shop, now, 2) for _ in range(3)]
    assert tasks.watch_deadlines(now + timedelta(seconds=899)) == 0
    assert stock(shop) == (14, 6, 0)
    later = now + timedelta(seconds=900)
    assert tasks.watch_deadlines(later) == 3
    assert [state_of(shop, order.order_id) for order in orders] == ["expired"] * 3
    assert stock(shop) == (20, 0, 0)
    assert tasks.watch_deadlines(later) == 0
    assert broken(later) == {}


def test_without_the_watch_the_audit_speaks_up(shop: Shop, now: datetime) -> None:
    order = place(shop, now)
    found = broken(now + timedelta(minutes=30))
    assert found["unpaid_orders_end_in_time"][0][0] == str(order.order_id)


def paid_but_not_delivered(shop: Shop, now: datetime) -> tuple[object, str]:
    """An order as a crash between payment and delivery would leave it (they are one transaction: it cannot)."""
    order = place(shop, now, 2)
    payment = begin(open_till(shop.demo.shop_id, now), order.order_id, now)
    pay(payment, now)
    sql("SET session_replication_role = replica")
    sql("UPDATE orders_order SET state = 'paid', delivered_at = NULL WHERE id = %s", [order.order_id])
    sql("DELETE FROM kernel_history WHERE subject_id = %s AND to_state = 'delivered'", [order.order_id])
    sql(
        "UPDATE vault_code SET state = 0, holder_id = NULL, sold_at = NULL WHERE holder_id IN"
        " (SELECT id FROM orders_line WHERE order_id = %s)",
        [order.order_id],
    )
    for table in ("vault_stock_delta", "vault_stock", "vault_lot"):
        sql(f"UPDATE {table} SET reserved = 0, sold = 0, free = 0")
    sql("UPDATE vault_lot SET free = 20")
    sql("UPDATE vault_stock SET free = 20")
    sql("INSERT INTO vault_stock (shop_id, sku_id, free, reserved, sold, quarantined, void)"
        " SELECT shop_id, sku_id, 20, 0, 0, 0, 0 FROM vault_lot ON CONFLICT DO NOTHING")  # fmt: skip
    sql("DELETE FROM ledger_posting WHERE tx_id = (SELECT id FROM ledger_tx WHERE reference = %s)",
        [f"deliver:{order.order_id}"])  # fmt: skip
    sql("DELETE FROM ledger_tx WHERE reference = %s", [f"deliver:{order.order_id}"])
    sql("SET session_replication_role = DEFAULT")
    return order.order_id, str(payment.id)


def test_a_paid_order_past_its_deadline_is_delivered_if_it_can_be(shop: Shop, now: datetime) -> None:
    order_id, _payment = paid_but_not_delivered(shop, now)
    assert broken(now) == {}
    later = now + timedelta(minutes=11)
    assert tasks.watch_deadlines(later - timedelta(minutes=2)) == 0
    assert tasks.watch_deadlines(later) == 1
    assert (state_of(shop, order_id), stock(shop)) == ("delivered", (18, 0, 2))  # type: ignore[arg-type]
    assert broken(later) == {}


def test_a_paid_order_past_its_deadline_is_refunded_otherwise(shop: Shop, now: datetime) -> None:
    order_id, _payment = paid_but_not_delivered(shop, now)
    buy(shop, now, 20)
    later = now + timedelta(minutes=12)
    assert "paid_orders_end_in_time" in broken(later)
    assert tasks.watch_deadlines(later) == 1
    refund_all(later)
    assert state_of(shop, order_id) == "refunded"  # type: ignore[arg-type]
    assert broken(later) == {}
    assert meet_deadline(shop_id=shop.demo.shop_id, order_id=order_id, now=later) == "refunded"  # type: ignore[arg-type]


def test_each_showing_is_written_down_with_who_and_when(shop: Shop, now: datetime) -> None:
    order = buy(shop, now, 3)
    line = order.lines[0].line_id
    masked = delivery.masked_codes(order.shop_id, [line])
    assert [code.revealed_at for code in masked] == [None] * 3
    assert "secret" not in repr(masked)
    args = {"shop_id": order.shop_id, "order_id": order.id, "actor": "client:x", "ip": "203.0.113.5", "now": now}
    shown = reveal_codes(**args, code_ids=[masked[1].code_id])
    assert [(c.number, c.secret) for c in shown] == [shop.codes[1]]
    assert shown[0].secret not in repr(shown)
    reveal_codes(**args)
    rows = sql("SELECT code_id, actor, octet_length(ip_hash) FROM delivery_reveal ORDER BY id")
    assert len(rows) == 4
    assert {row[1:] for row in rows} == {("client:x", 16)}
    assert sql("SELECT data->>'count' FROM kernel_audit WHERE action = 'codes_revealed' ORDER BY id DESC LIMIT 2") == [
        ("3",),
        ("1",),
    ]
    assert all(code.revealed_at == now for code in delivery.masked_codes(order.shop_id, [line]))
    assert broken(now) == {}


def test_codes_of_another_order_are_not_shown(shop: Shop, now: datetime) -> None:
    mine, other = buy(shop, now), buy(shop, now)
    theirs = delivery.masked_codes(other.shop_id, [other.lines[0].line_id])[0].code_id
    own = delivery.masked_codes(mine.shop_id, [mine.lines[0].line_id])[0].code_id
    args = {"shop_id": mine.shop_id, "order_id": mine.id, "actor": "client:x", "ip": "", "now": now}
    for wanted in ([theirs], [own, theirs], [uuid4()], []):
        with pytest.raises(DomainError) as caught:
            reveal_codes(**args, code_ids=wanted)
        assert caught.value.code == "code_not_held"
    # A refusal leaves nothing behind: not even its own codes count as seen.
    assert sql("SELECT count(*) FROM delivery_reveal") == [(0,)]
    assert sql("SELECT count(*) FROM vault_code WHERE revealed_at IS NOT NULL") == [(0,)]
    with pytest.raises(DomainError) as caught:
        reveal_codes(**args, line_id=other.lines[0].line_id)
    assert caught.value.code == "code_not_held"


def test_codes_of_an_unpaid_order_are_not_shown(shop: Shop, now: datetime) -> None:
    order = place(shop, now)
    with pytest.raises(DomainError) as caught:
        reveal_codes(shop_id=shop.demo.shop_id, order_id=order.order_id, actor="guest:x", ip="", now=now)
    assert caught.value.code == "wrong_order_state"
    with pytest.raises(DomainError) as caught:
        refund_order(shop_id=shop.demo.shop_id, order_id=order.order_id, reason="", actor="guest:x", now=now)
    assert caught.value.code == "wrong_order_state"
