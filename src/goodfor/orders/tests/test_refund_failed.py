"""A channel refuses to give money back: said on the order, a case, tried again, found by the audit when forgotten."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from goodfor.kernel.errors import DomainError
from goodfor.kernel.events import StoredEvent
from goodfor.kernel.money import Money
from goodfor.orders import accounts, handlers, queries
from goodfor.orders.errors import WrongState
from goodfor.orders.operations import apply_payment_fact, refund_order, retry_other_refund, retry_refund
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
    PRICE,
    Till,
    begin,
    booked,
    broken,
    buy,
    fact,
    open_till,
    pay,
    place,
    refund_all,
    relay_all,
    sql,
    state_of,
    stock,
    together,
)
from goodfor.orders.types import PlacedOrder, RefundView
from goodfor.payments import queries as payments
from goodfor.payments.operations.close_case import close_case
from goodfor.payments.operations.request_refund import request_refund
from goodfor.payments.operations.resolve_refund import resolve_refund
from goodfor.payments.operations.retry_refund import retry_refund as retry_by_channel
from goodfor.payments.operations.run_due_refunds import run_due_refunds
from goodfor.payments.refund_keys import next_key

CHANNEL = "1012:channel:sandbox:till:pending"


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


def channel_refuses(refuses: bool = True) -> None:
    """A trade that is not `paid` in the channel's books gives nothing back."""
    sql("UPDATE payments_sandbox_trade SET state = %s", ["closed" if refuses else "paid"])


def refunding(shop: Shop, till: Till, now: datetime, quantity: int = 2) -> tuple[PlacedOrder, RefundView]:
    """An order that was delivered, and whose refund is about to be asked for."""
    order = place(shop, now, quantity)
    pay(begin(till, order.order_id, now), now)
    args = {"shop_id": till.shop_id, "order_id": order.order_id, "reason": "mistake", "actor": "guest:x", "now": now}
    return order, refund_order(**args)


def failed(shop: Shop, till: Till, now: datetime) -> tuple[PlacedOrder, RefundView]:
    """An order whose refund the channel has refused, told to all."""
    order, refund = refunding(shop, till, now)
    channel_refuses()
    refund_all(now)
    return order, refund


def retry(till: Till, order: PlacedOrder, now: datetime) -> RefundView:
    return retry_refund(shop_id=till.shop_id, order_id=order.order_id, actor="staff:1", now=now)


def test_another_refund_is_not_taken_for_the_orders(shop: Shop, till: Till, now: datetime) -> None:
    """The case of money that came too often asks for that money again, never for the order's."""
    order, refund = failed(shop, till, now)
    paid = payments.refund(till.shop_id, refund.refund_id)
    over = request_refund(
        shop_id=till.shop_id, payment_id=paid.payment_id, amount=Money(1, "CNY"), reason="overpaid",
        business_key=f"overpaid:{uuid4()}", now=now,
    )  # fmt: skip
    refund_all(now)
    with pytest.raises(WrongState):
        retry_refund(
            shop_id=till.shop_id, order_id=order.order_id, refund_id=over.id, actor="staff:1", paid_from=accounts.BANK,
            now=now,
        )  # fmt: skip
    with pytest.raises(WrongState):
        retry_other_refund(shop_id=till.shop_id, refund_id=paid.id, actor="staff:1", now=now)
    again = retry_other_refund(shop_id=till.shop_id, refund_id=over.id, actor="staff:1", now=now)
    assert again.business_key == f"{over.business_key}#2"
    assert payments.refund(till.shop_id, refund.refund_id).state == "failed"


def open_kinds(till: Till) -> list[str]:
    return [case.kind for case in payments.open_cases(till.shop_id)]


def said(name: str) -> int:
    return int(sql("SELECT count(*) FROM kernel_event WHERE name = %s", [name])[0][0])


def test_a_refused_refund_is_said_on_the_order_and_is_one_case(shop: Shop, till: Till, now: datetime) -> None:
    order, refund = failed(shop, till, now)
    view = queries.order_view(till.shop_id, order.order_id)
    assert (view.state, view.refund_failed_at, view.refunded_at) == ("refunding", now, None)
    assert open_kinds(till) == ["refund_failed"]
    assert payments.open_cases(till.shop_id)[0].refund_id == refund.refund_id
    assert [found.id for found in queries.orders_with_failed_refund(till.shop_id)] == [order.order_id]
    assert queries.orders_with_failed_refund(uuid4()) == []
    assert said("orders.order_refund_failed") == 1
    # The money is still owed, and the codes are back on the shelf.
    assert (booked(shop, "2205:refund"), booked(shop, CHANNEL), stock(shop)) == (2 * PRICE, 2 * PRICE, (20, 0, 0))
    # Asked again, the buyer learns the truth; nothing new begins.
    again = refund_order(shop_id=till.shop_id, order_id=order.order_id, reason="r", actor="guest:x", now=now)
    assert (again.refund_id, again.state, again.succeeded_at) == (refund.refund_id, "failed", None)
    assert sql("SELECT count(*) FROM payments_refund") == [(1,)]
    # Accounted for, however long it takes a person.
    assert broken(now) == {}
    assert broken(now + timedelta(days=3)) == {}


def test_hearing_of_it_again_changes_nothing(shop: Shop, till: Till, now: datetime) -> None:
    order, _refund = failed(shop, till, now)
    [(event_id, payload)] = sql("SELECT id, payload::text FROM kernel_event WHERE name = 'payments.refund_failed'")
    later = now + timedelta(hours=1)
    event = StoredEvent(event_id, till.shop_id, "payments.refund_failed", 1, json.loads(payload), None, later)
    for _ in range(3):
        handlers.on_refund_failed(event)
    assert queries.order_view(till.shop_id, order.order_id).refund_failed_at == now
    assert said("orders.order_refund_failed") == 1
    assert open_kinds(till) == ["refund_failed"]


def test_tried_again_with_a_new_number_the_money_is_back_once(shop: Shop, till: Till, now: datetime) -> None:
    order, refund = failed(shop, till, now)
    channel_refuses(False)
    later = now + timedelta(hours=5)
    again = retry(till, order, later)
    assert (again.state, again.amount) == ("created", refund.amount)
    assert again.number != refund.number
    view = queries.order_view(till.shop_id, order.order_id)
    assert (view.state, view.refund_failed_at) == ("refunding", None)
    assert queries.orders_with_failed_refund(till.shop_id) == []
    assert open_kinds(till) == []
    assert retry(till, order, later).refund_id == again.refund_id
    # On its way, hours after the order's own deadline: no alarm, before an hour has gone.
    assert broken(later) == {}
    assert list(broken(later + timedelta(hours=2))) == ["paid_orders_end_in_time"]
    refund_all(later)
    assert state_of(shop, order.order_id) == "refunded"
    assert sql("SELECT business_key, state FROM payments_refund ORDER BY id") == [
        (f"order:{order.order_id}", "failed"),
        (f"order:{order.order_id}#2", "succeeded"),
    ]
    assert sql("SELECT refunded_minor FROM payments_sandbox_trade") == [(2 * PRICE,)]
    assert (booked(shop, "2205:refund"), booked(shop, CHANNEL), booked(shop, "2203:order")) == (0, 0, 0)
    assert retry(till, order, later).refund_id == again.refund_id
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'payments.refund_retried'") == [(1,)]
    assert broken(later) == {}


def test_refused_again_it_is_a_case_again(shop: Shop, till: Till, now: datetime) -> None:
    order, _refund = failed(shop, till, now)
    for hour in (1, 2):
        at = now + timedelta(hours=hour)
        retry(till, order, at)
        refund_all(at)
        assert open_kinds(till) == ["refund_failed"]
        assert queries.order_view(till.shop_id, order.order_id).refund_failed_at == at
    channel_refuses(False)
    last = retry(till, order, at)
    refund_all(at)
    assert (state_of(shop, order.order_id), open_kinds(till)) == ("refunded", [])
    assert sql("SELECT count(*), count(DISTINCT number), count(*) FILTER (WHERE state = 'failed') FROM payments_refund"
               ) == [(4, 4, 3)]  # fmt: skip
    assert payments.refund(till.shop_id, last.refund_id).business_key == f"order:{order.order_id}#4"
    assert booked(shop, CHANNEL) == 0
    assert broken(at) == {}


def test_ten_who_try_again_at_once_begin_one_refund(shop: Shop, till: Till, now: datetime) -> None:
    order, refund = failed(shop, till, now)
    channel_refuses(False)
    ends = together(lambda _: retry(till, order, now).refund_id, 10)
    assert len(set(ends)) == 1
    assert ends[0] != refund.refund_id
    refund_all(now)
    assert sql("SELECT count(*) FROM payments_refund") == [(2,)]
    assert sql("SELECT refunded_minor FROM payments_sandbox_trade") == [(2 * PRICE,)]
    assert state_of(shop, order.order_id) == "refunded"
    assert broken(now) == {}


def test_of_unknown_end_it_is_asked_about_by_its_own_number(shop: Shop, till: Till, now: datetime) -> None:
    order, refund = refunding(shop, till, now)
    [(blob,)] = sql("SELECT secret_blob FROM payments_account WHERE id = %s", [till.account_id])
    sql("UPDATE payments_account SET secret_blob = decode(repeat('00', 60), 'hex') WHERE id = %s", [till.account_id])
    sql("UPDATE payments_refund SET attempts = 47")
    refund_all(now)
    # Given up by the loop: a person decides.
    assert sql("SELECT state, next_try_at FROM payments_refund") == [("unknown", None)]
    assert open_kinds(till) == ["ambiguous_refund"]
    assert queries.order_view(till.shop_id, order.order_id).refund_failed_at is None
    assert broken(now + timedelta(days=1)) == {}
    sql("UPDATE payments_account SET secret_blob = %s WHERE id = %s", [bytes(blob), till.account_id])
    again = retry(till, order, now)
    assert (again.refund_id, again.number, again.state) == (refund.refund_id, refund.number, "unknown")
    # Not while an earlier call may still be at work there.
    assert run_due_refunds(now=now + timedelta(seconds=119)) == 0
    later = now + timedelta(seconds=121)
    assert retry(till, order, now + timedelta(seconds=60)).number == refund.number
    refund_all(later)
    assert (state_of(shop, order.order_id), open_kinds(till)) == ("refunded", [])
    assert sql("SELECT number, state FROM payments_refund") == [(refund.number, "succeeded")]
    assert broken(later) == {}


def test_a_person_says_that_it_never_went(shop: Shop, till: Till, now: datetime) -> None:
    order, refund = refunding(shop, till, now)
    for before, after in (("created", "requested"), ("requested", "unknown")):
        sql("UPDATE payments_refund SET state = %s, next_try_at = NULL", [after])
        sql(
            "INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)"
            " SELECT shop_id, 'payments.refund', id, 1, %s, %s, 'test', 'test', %s FROM payments_refund",
            [before, after, now],
        )
    args = {
        "shop_id": till.shop_id,
        "refund_id": refund.refund_id,
        "note": "seen there",
        "actor": "staff:1",
        "now": now,
    }
    resolve_refund(**args, arrived=False)
    relay_all(now)
    assert queries.order_view(till.shop_id, order.order_id).refund_failed_at == now
    assert retry(till, order, now).number != refund.number
    refund_all(now)
    assert state_of(shop, order.order_id) == "refunded"
    assert broken(now) == {}


def test_told_late_of_a_refund_that_was_tried_again_the_order_is_not_marked(
    shop: Shop, till: Till, now: datetime
) -> None:
    order, _refund = refunding(shop, till, now)
    channel_refuses()
    assert run_due_refunds(now=now) == 1
    channel_refuses(False)
    retry(till, order, now)
    relay_all(now)
    view = queries.order_view(till.shop_id, order.order_id)
    assert (view.state, view.refund_failed_at, said("orders.order_refund_failed")) == ("refunding", None, 0)
    refund_all(now)
    assert state_of(shop, order.order_id) == "refunded"
    assert broken(now) == {}


def test_where_nothing_is_owed_nothing_is_tried_again(shop: Shop, till: Till, now: datetime) -> None:
    placed = place(shop, now)
    bought = buy(shop, now)
    for order_id in (placed.order_id, bought.id):
        with pytest.raises(DomainError) as caught:
            retry_refund(shop_id=till.shop_id, order_id=order_id, actor="staff:1", now=now)
        assert caught.value.code == "wrong_order_state"
    for shop_id, order_id in ((uuid4(), placed.order_id), (till.shop_id, uuid4())):
        with pytest.raises(DomainError) as caught:
            retry_refund(shop_id=shop_id, order_id=order_id, actor="staff:1", now=now)
        assert caught.value.code == "order_not_found"
    assert sql("SELECT count(*) FROM payments_refund") == [(0,)]
    assert (state_of(shop, placed.order_id), state_of(shop, bought.id)) == ("placed", "delivered")
    # From a balance it is done at once: asked again, it is the same.
    refund_order(shop_id=till.shop_id, order_id=bought.id, reason="r", actor="client:x", now=now)
    done = retry_refund(shop_id=till.shop_id, order_id=bought.id, actor="staff:1", now=now)
    assert (done.state, sql("SELECT count(*) FROM payments_refund")) == ("succeeded", [(1,)])
    assert broken(now) == {}


def test_the_audit_finds_what_failed_silently_and_what_nobody_decided(shop: Shop, till: Till, now: datetime) -> None:
    order, _refund = failed(shop, till, now)
    sql("UPDATE orders_order SET refund_failed_at = NULL WHERE id = %s", [order.order_id])
    assert broken(now) == {}
    found = broken(now + timedelta(minutes=2))
    assert list(found) == ["paid_orders_end_in_time"]
    assert found["paid_orders_end_in_time"][0][0] == str(order.order_id)
    sql("UPDATE orders_order SET refund_failed_at = %s WHERE id = %s", [now, order.order_id])
    assert broken(now + timedelta(minutes=2)) == {}
    [case] = payments.open_cases(till.shop_id)
    close_case(shop_id=till.shop_id, case_id=case.id, resolution="?", actor="staff:1", now=now)
    assert list(broken(now)) == ["paid_orders_end_in_time"]


def test_a_refund_long_after_the_delivery_is_no_alarm(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    pay(begin(till, order.order_id, now), now)
    later = now + timedelta(days=2)
    refund_order(shop_id=till.shop_id, order_id=order.order_id, reason="r", actor="guest:x", now=later)
    assert broken(later) == {}
    refund_all(later)
    assert broken(later) == {}


def test_a_payment_too_many_that_cannot_go_back_is_tried_again_too(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    first, second = begin(till, order.order_id, now), begin(till, order.order_id, now, "wxpay")
    pay(first, now)
    pay(second, now)
    channel_refuses()
    refund_all(now)
    assert queries.order_view(till.shop_id, order.order_id).state == "delivered"
    assert sorted(open_kinds(till)) == ["duplicate", "refund_failed"]
    [lost] = payments.refunds_of(till.shop_id, second.id)
    channel_refuses(False)
    again = [retry_by_channel(shop_id=till.shop_id, refund_id=lost.id, actor="staff:1", now=now) for _ in range(2)]
    assert again[0].id == again[1].id != lost.id
    assert again[0].business_key == next_key(lost.business_key) == f"{lost.business_key}#2"
    assert sql("SELECT count(DISTINCT capture_ref), count(*) FROM payments_refund") == [(1, 2)]
    refund_all(now)
    assert (booked(shop, CHANNEL), booked(shop, "2205:refund"), open_kinds(till)) == (PRICE, 0, [])
    assert broken(now + timedelta(minutes=5)) == {}


def test_money_too_many_that_goes_back_later_is_not_the_orders_refund(shop: Shop, till: Till, now: datetime) -> None:
    order = place(shop, now)
    payment = begin(till, order.order_id, now)
    pay(payment, now)
    args = {"shop_id": till.shop_id, "order_id": order.order_id, "reason": "r", "actor": "guest:x", "now": now}
    own = refund_order(**args)
    apply_payment_fact(shop_id=till.shop_id, fact=fact(payment, now, ref="again"), now=now + timedelta(seconds=1))
    assert len(payments.refunds_of(till.shop_id, payment.id)) == 2
    assert refund_order(**args).refund_id == own.refund_id


@pytest.mark.parametrize(("language", "heading", "note"), [
    ("zh-hans", "退款未成功", "款项仍然欠着您"),
    ("en", "The refund did not go through", "still owed to you"),
])  # fmt: skip
def test_the_buyer_reads_the_truth(
    shop: Shop, till: Till, now: datetime, language: str, heading: str, note: str
) -> None:
    order, _refund = failed(shop, till, now)
    browser = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE=language)
    page = browser.get(f"/o/{order.number}?k={order.secret}", follow=True).content.decode()
    assert heading in page
    assert note in page
    assert order.number in page
    assert "不用做任何事" not in page
    channel_refuses(False)
    retry(till, order, now)
    assert heading not in browser.get(f"/o/{order.number}", follow=True).content.decode()


def test_keys_of_refunds_that_follow() -> None:
    assert [next_key("order:1"), next_key("order:1#2"), next_key("order:1#9")] == [
        "order:1#2",
        "order:1#3",
        "order:1#10",
    ]
