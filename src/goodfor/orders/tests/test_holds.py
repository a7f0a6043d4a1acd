"""Orders that wait after their payment: released, refused, on time, by whoever is first, and never twice."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from goodfor.kernel.errors import DomainError
from goodfor.orders import hold_states, queries, tasks
from goodfor.orders.errors import HoldNotFound, HoldOver, WrongState
from goodfor.orders.operations import (
    apply_payment_fact,
    cancel_order,
    hold_delivery,
    meet_deadline,
    meet_hold,
    refund_order,
    refuse_delivery,
    release_delivery,
)
from goodfor.orders.operations.count_figures import count_figures
from goodfor.orders.operations.expire_order import expire_order
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.orders.operations.pay_from_wallet import pay_from_wallet
from goodfor.orders.operations.settle import DELIVER_WITHIN
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
from goodfor.orders.types import HoldOrder, OrderView
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentDisputed
from goodfor.payments.models import Account
from goodfor.payments.operations.note_dispute import apply_dispute
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.payments.types import Fact
from goodfor.vault.operations import expire_reservations

HOUR = timedelta(hours=1)
HOLD = HoldOrder(UUID(int=7), HOUR, reasons=("new_card", "night"))


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


def held(
    shop: Shop, till: Till, now: datetime, quantity: int = 1, hold: HoldOrder = HOLD, ref: str = "guest:a"
) -> UUID:
    """A paid order that waits."""
    placed = place(shop, now, quantity, ref=ref, hold=hold)
    assert pay(begin(till, placed.order_id, now), now).outcome == "confirmed"
    assert state_of(shop, placed.order_id) == "paid"
    return placed.order_id


def see(shop: Shop, order_id: UUID) -> OrderView:
    return queries.order_view(shop.demo.shop_id, order_id)


def hold_of(shop: Shop, order_id: UUID) -> Any:
    found = queries.hold_of_order(shop.demo.shop_id, order_id)
    assert found is not None
    return found


def release(shop: Shop, order_id: UUID, now: datetime, actor: str = "staff:1") -> Any:
    return release_delivery(shop_id=shop.demo.shop_id, order_id=order_id, actor=actor, cause="staff", now=now)


def refuse(shop: Shop, order_id: UUID, now: datetime, actor: str = "staff:1") -> Any:
    return refuse_delivery(shop_id=shop.demo.shop_id, order_id=order_id, actor=actor, cause="staff", now=now)


def told(order_id: UUID) -> list[str]:
    """Names of the news about an order, in their order."""
    rows = sql("SELECT name FROM kernel_event WHERE payload->>'order_id' = %s ORDER BY id", [str(order_id)])
    return [name.removeprefix("orders.") for (name,) in rows]


def trail(order_id: UUID) -> list[tuple[str, str]]:
    """(who, what) of its audit trail."""
    found = "SELECT actor, action FROM kernel_audit WHERE subject_id = %s ORDER BY id"
    return [(row[0], row[1]) for row in sql(found, [str(order_id)])]


def moves(order_id: UUID) -> list[tuple[str | None, str, str, str]]:
    found = """SELECT from_state, to_state, actor, cause FROM kernel_history
               WHERE machine = 'orders.hold' AND subject_id = %s ORDER BY at, step, from_state NULLS FIRST"""
    return [(row[0], row[1], row[2], row[3]) for row in sql(found, [order_id])]


# -- the table of states, and what a hold may ask for -----------------------------------------------------


def test_the_states_are_reachable_and_closed() -> None:
    assert hold_states.MACHINE.terminal == {"refused", "lapsed"}
    assert hold_states.MACHINE.states == {"held", "released", "refused", "lapsed"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"for_": timedelta(0)}, {"for_": -HOUR}, {"for_": timedelta(days=8)}, {"then": "deliver"},
        {"reasons": ("x" * 65,)}, {"reasons": ("",)}, {"reasons": ("x",) * 21},
    ],
)  # fmt: skip
def test_a_hold_without_bounds_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="hold"):
        HoldOrder(**{"decision_id": None, "for_": HOUR, **wrong})


# -- paid, and it waits ------------------------------------------------------------------------------------


def test_a_held_order_is_paid_booked_and_keeps_its_codes(shop: Shop, till: Till, now: datetime) -> None:
    order_id = held(shop, till, now, 2)
    view, hold = see(shop, order_id), hold_of(shop, order_id)
    assert view.paid_at is not None
    assert (view.held_until, view.released_at, view.delivered_at) == (view.paid_at + HOUR, None, None)
    assert view.deliver_by == view.held_until + DELIVER_WITHIN
    assert (hold.state, hold.until, hold.reasons, hold.decision_id) == (
        "held", view.held_until, ("new_card", "night"), UUID(int=7),
    )  # fmt: skip
    assert (stock(shop), booked(shop, "2203:order"), booked(shop, "5001:sales:codes")) == ((18, 2, 0), 2 * PRICE, 0)
    # The reservation lasts as long as the hold, and what frees lost ones does not touch it.
    expire_reservations(now=view.held_until + timedelta(minutes=5))
    assert stock(shop) == (18, 2, 0)
    assert told(order_id) == ["order_placed", "order_held", "order_paid"]
    assert moves(order_id) == [(None, "held", "system", "placed")]
    assert [one.order_id for one in queries.held_orders(shop.demo.shop_id)] == [order_id]
    assert broken(now) == {}


def test_released_by_itself_when_its_time_is_over_and_not_before(shop: Shop, till: Till, now: datetime) -> None:
    order_id = held(shop, till, now)
    until = hold_of(shop, order_id).until
    assert (tasks.watch_holds(until - timedelta(seconds=1)), tasks.watch_deadlines(until)) == (0, 0)
    assert meet_hold(shop_id=till.shop_id, order_id=order_id, now=until - timedelta(seconds=1)) == "paid"
    assert tasks.watch_holds(until) == 1
    view, hold = see(shop, order_id), hold_of(shop, order_id)
    assert (view.state, view.held_until, view.released_at, view.delivered_at) == ("delivered", None, until, until)
    assert view.owed_since == until
    assert (hold.state, hold.ended_by, hold.cause) == ("released", "system", "until")
    assert (stock(shop), booked(shop, "2203:order"), booked(shop, "5001:sales:codes")) == ((19, 0, 1), 0, PRICE)
    assert told(order_id)[2:] == ["order_paid", "order_released", "order_delivered"]
    assert trail(order_id) == [("system", "order_held"), ("system", "order_released")]
    assert tasks.watch_holds(until + HOUR) == 0
    assert broken(until) == {}


def test_refused_by_itself_gives_the_money_back(shop: Shop, till: Till, now: datetime) -> None:
    order_id = held(shop, till, now, hold=HoldOrder(None, HOUR, then="refuse"))
    until = hold_of(shop, order_id).until
    assert tasks.watch_holds(until) == 1
    refund_all(until)
    view = see(shop, order_id)
    assert (view.state, view.refunded_at is not None, view.held_until) == ("refunded", True, None)
    [refund] = payments.refunds_of(till.shop_id, view.payment_id or UUID(int=0))
    assert (refund.reason, refund.amount.amount_minor, refund.state) == ("held_refused", PRICE, "succeeded")
    assert (stock(shop), booked(shop, "2203:order"), booked(shop, "5001:sales:codes")) == ((20, 0, 0), 0, 0)
    assert moves(order_id)[-1] == ("held", "refused", "system", "until")
    assert broken(until) == {}


def test_a_person_releases_it_at_once_and_again_changes_nothing(shop: Shop, till: Till, now: datetime) -> None:
    order_id = held(shop, till, now)
    first = release(shop, order_id, now)
    before = (told(order_id), trail(order_id), moves(order_id), stock(shop))
    assert (first.state, first.ended_by, first.cause) == ("released", "staff:1", "staff")
    assert state_of(shop, order_id) == "delivered"
    assert release(shop, order_id, now + HOUR, actor="staff:2") == first
    with pytest.raises(HoldOver) as caught:
        refuse(shop, order_id, now)
    assert caught.value.data == {"state": "released"}
    assert (told(order_id), trail(order_id), moves(order_id), stock(shop)) == before
    assert broken(now) == {}


def test_a_person_refuses_it_once(shop: Shop, till: Till, now: datetime) -> None:
    order_id = held(shop, till, now)
    first = refuse(shop, order_id, now)
    assert refuse(shop, order_id, now + HOUR) == first
    with pytest.raises(HoldOver):
        release(shop, order_id, now)
    refund_all(now)
    assert (state_of(shop, order_id), stock(shop)) == ("refunded", (20, 0, 0))
    assert sql("SELECT count(*) FROM payments_refund") == [(1,)]
    # It counts as given back by the staff.
    assert sql("SELECT kind, actor FROM orders_refund_count") == [("staff", "staff:1")]
    assert tasks.watch_holds(now + 2 * HOUR) == 0
    assert broken(now) == {}


def test_what_was_never_held_has_no_hold(shop: Shop, till: Till, now: datetime) -> None:
    placed = place(shop, now)
    for act in (release, refuse):
        with pytest.raises(HoldNotFound):
            act(shop, placed.order_id, now)
    assert queries.hold_of_order(till.shop_id, placed.order_id) is None
    pay(begin(till, placed.order_id, now), now)
    view = see(shop, placed.order_id)
    assert (view.state, view.held_until, view.released_at, view.owed_since) == ("delivered", None, None, view.paid_at)


def test_its_deadline_neither_delivers_nor_refunds_it_early(shop: Shop, till: Till, now: datetime) -> None:
    order_id = held(shop, till, now)
    assert meet_deadline(shop_id=till.shop_id, order_id=order_id, now=now + timedelta(minutes=30)) == "paid"
    assert stock(shop) == (19, 1, 0)
    deadline = see(shop, order_id).deliver_by
    assert deadline is not None
    # Nobody looked after holds: the deadline does what the hold says.
    assert tasks.watch_deadlines(deadline) == 1
    assert (state_of(shop, order_id), hold_of(shop, order_id).cause) == ("delivered", "until")


def test_a_lost_reservation_is_made_up_from_the_shelf_or_refunded(shop: Shop, till: Till, now: datetime) -> None:
    kept, lost = held(shop, till, now), held(shop, till, now, ref="guest:b")
    line = see(shop, kept).lines[0].line_id
    sql("UPDATE vault_code SET reserved_until = %s WHERE holder_id = %s", [now - HOUR, line])
    expire_reservations(now=now)
    assert stock(shop) == (19, 1, 0)
    release(shop, kept, now)
    assert (state_of(shop, kept), stock(shop)) == ("delivered", (18, 1, 1))
    line = see(shop, lost).lines[0].line_id
    sql("UPDATE vault_code SET reserved_until = %s WHERE holder_id = %s", [now - HOUR, line])
    expire_reservations(now=now)
    buy(shop, now, 19)
    release(shop, lost, now)
    refund_all(now)
    assert (state_of(shop, lost), stock(shop)) == ("refunded", (0, 0, 20))
    assert broken(now) == {}


# -- before it is paid --------------------------------------------------------------------------------------


def test_a_bad_attempt_to_pay_holds_what_is_not_paid_yet(shop: Shop, till: Till, now: datetime) -> None:
    placed = place(shop, now)
    payment = begin(till, placed.order_id, now)
    hold = hold_delivery(shop_id=till.shop_id, order_id=placed.order_id, hold=HOLD, actor="system", now=now)
    assert (hold.state, hold.until, see(shop, placed.order_id).held_until) == ("held", None, None)
    assert queries.held_orders(till.shop_id) == []
    pay(payment, now)
    assert see(shop, placed.order_id).held_until == now + HOUR
    with pytest.raises(WrongState):
        hold_delivery(shop_id=till.shop_id, order_id=placed.order_id, hold=HOLD, actor="system", now=now)
    assert broken(now) == {}


def test_the_stronger_and_longer_hold_stays(shop: Shop, now: datetime) -> None:
    placed = place(shop, now, hold=HOLD)

    def hold(wanted: HoldOrder) -> tuple[str, bool, timedelta, tuple[str, ...], UUID | None, int]:
        made = hold_delivery(
            shop_id=shop.demo.shop_id, order_id=placed.order_id, hold=wanted, actor="system", now=now
        )  # fmt: skip
        news = told(placed.order_id).count("order_held")
        return made.then, made.review, made.for_, made.reasons, made.decision_id, news

    seven, eight, nine = UUID(int=7), UUID(int=8), UUID(int=9)
    assert hold(HOLD) == ("release", False, HOUR, ("new_card", "night"), seven, 1)
    less = HoldOrder(eight, HOUR / 2, reasons=("night",))
    assert hold(less) == ("release", False, HOUR, ("new_card", "night"), seven, 1)
    longer = HoldOrder(eight, 2 * HOUR, review=True, reasons=("proxy",))
    assert hold(longer) == ("release", True, 2 * HOUR, ("new_card", "night", "proxy"), eight, 2)
    worse = HoldOrder(nine, HOUR, then="refuse")
    assert hold(worse) == ("refuse", True, 2 * HOUR, ("new_card", "night", "proxy"), nine, 3)
    assert hold(worse)[-1] == 3
    assert moves(placed.order_id) == [(None, "held", "system", "placed")]
    assert broken(now) == {}


def test_released_before_it_is_paid_it_comes_at_once(shop: Shop, till: Till, now: datetime) -> None:
    placed = place(shop, now, hold=HOLD)
    release(shop, placed.order_id, now)
    assert state_of(shop, placed.order_id) == "placed"
    # A person's word stands against a later attempt that looks bad.
    hold = hold_delivery(shop_id=till.shop_id, order_id=placed.order_id, hold=HOLD, actor="system", now=now)
    assert hold.state == "released"
    pay(begin(till, placed.order_id, now), now + timedelta(seconds=5))
    view = see(shop, placed.order_id)
    assert (view.state, view.owed_since) == ("delivered", view.paid_at)
    assert broken(now) == {}


def test_released_by_code_it_is_held_anew_when_the_payment_looks_bad(shop: Shop, till: Till, now: datetime) -> None:
    placed = place(shop, now, hold=HOLD)
    release(shop, placed.order_id, now, actor="buyer:a")
    again = hold_delivery(
        shop_id=till.shop_id, order_id=placed.order_id, hold=HoldOrder(UUID(int=9), HOUR / 2), actor="system", now=now
    )
    assert (again.state, again.for_, again.reasons, again.ended_at) == ("held", HOUR / 2, (), None)
    pay(begin(till, placed.order_id, now), now)
    assert see(shop, placed.order_id).held_until == now + HOUR / 2
    assert [move[:2] for move in moves(placed.order_id)] == [
        (None, "held"), ("held", "released"), ("released", "held"),
    ]  # fmt: skip
    assert broken(now) == {}


def test_refused_before_it_is_paid_it_is_cancelled_and_late_money_goes_back(
    shop: Shop, till: Till, now: datetime
) -> None:
    placed = place(shop, now, hold=HOLD)
    payment = begin(till, placed.order_id, now)
    refuse(shop, placed.order_id, now)
    assert (state_of(shop, placed.order_id), stock(shop)) == ("cancelled", (20, 0, 0))
    pay(payment, now)
    refund_all(now)
    assert (state_of(shop, placed.order_id), stock(shop)) == ("refunded", (20, 0, 0))
    [refund] = payments.refunds_of(till.shop_id, payment.id)
    assert refund.reason == "held_refused"
    assert broken(now) == {}


@pytest.mark.parametrize("end", ["cancelled", "expired"])
def test_late_money_for_a_held_order_waits_like_any(shop: Shop, till: Till, now: datetime, end: str) -> None:
    placed = place(shop, now, hold=HOLD)
    payment = begin(till, placed.order_id, now)
    if end == "cancelled":
        cancel_order(shop_id=till.shop_id, order_id=placed.order_id, actor="t", now=now)
    else:
        expire_order(shop_id=till.shop_id, order_id=placed.order_id, now=now)
    assert (stock(shop), hold_of(shop, placed.order_id).live) == ((20, 0, 0), True)
    later = now + timedelta(minutes=10)
    pay(payment, later)
    view = see(shop, placed.order_id)
    # Its codes are taken again when the money comes, not when the hold ends.
    assert (view.state, view.held_until, stock(shop)) == ("paid", later + HOUR, (19, 1, 0))
    [(kept,)] = sql("SELECT payload->>'kept' FROM kernel_event WHERE name = 'orders.late_payment_came'")
    assert kept == "true"
    release(shop, placed.order_id, later)
    assert state_of(shop, placed.order_id) == "delivered"
    assert broken(later) == {}


def test_late_money_for_what_is_sold_out_goes_back_at_once(shop: Shop, till: Till, now: datetime) -> None:
    placed = place(shop, now, hold=HOLD)
    payment = begin(till, placed.order_id, now)
    cancel_order(shop_id=till.shop_id, order_id=placed.order_id, actor="t", now=now)
    buy(shop, now, 20)
    later = now + timedelta(minutes=1)
    pay(payment, later)
    refund_all(later)
    assert (state_of(shop, placed.order_id), hold_of(shop, placed.order_id).state) == ("refunded", "lapsed")
    assert broken(later) == {}


def test_old_news_of_money_does_not_end_a_hold_in_the_past(shop: Shop, till: Till, now: datetime) -> None:
    placed = place(shop, now, hold=HOLD)
    payment, later = begin(till, placed.order_id, now), now + 2 * HOUR
    assert pay_trade(shop_id=till.shop_id, number=payment.number, now=now)
    apply_payment_fact(shop_id=till.shop_id, fact=fact(payment, now), now=later)
    view = see(shop, placed.order_id)
    assert (view.state, view.paid_at, view.held_until) == ("paid", now, later)
    assert tasks.watch_holds(later) == 1
    assert state_of(shop, placed.order_id) == "delivered"


# -- other ways to pay, and to give back ---------------------------------------------------------------------


def test_from_a_clients_balance_it_is_paid_and_waits(shop: Shop, now: datetime) -> None:
    view = buy(shop, now, 3, hold=HOLD)
    assert (view.state, view.held_until, stock(shop)) == ("paid", now + HOUR, (17, 3, 0))
    assert see(shop, view.id).held_until == now + HOUR
    assert see(shop, view.id).deliver_by == now + HOUR + DELIVER_WITHIN
    assert told(view.id) == ["order_held", "order_paid"]
    assert tasks.watch_holds(now + HOUR) == 1
    assert (state_of(shop, view.id), stock(shop)) == ("delivered", (17, 0, 3))
    assert broken(now + HOUR) == {}


def test_from_a_clients_balance_refused_the_wallet_has_it_back_at_once(shop: Shop, now: datetime) -> None:
    wallet = shop.demo.wallet_account
    before = booked(shop, wallet)
    view = buy(shop, now, 2, hold=HOLD)
    assert booked(shop, wallet) == before - 2 * PRICE
    refuse(shop, view.id, now)
    assert (state_of(shop, view.id), booked(shop, wallet), stock(shop)) == ("refunded", before, (20, 0, 0))
    assert broken(now) == {}


def test_what_nobody_has_is_not_sold_on_hold_either(shop: Shop, now: datetime) -> None:
    before = (booked(shop, shop.demo.wallet_account), sql("SELECT count(*) FROM kernel_event"))
    with pytest.raises(DomainError) as caught:
        buy(shop, now, 21, hold=HOLD)
    assert caught.value.code == "out_of_stock"
    assert (booked(shop, shop.demo.wallet_account), sql("SELECT count(*) FROM kernel_event")) == before
    assert (stock(shop), sql("SELECT count(*) FROM orders_hold"), sql("SELECT count(*) FROM orders_order")) == (
        (20, 0, 0), [(0,)], [(0,)],
    )  # fmt: skip


def test_from_a_buyers_own_balance(shop: Shop, now: datetime) -> None:
    buyer = uuid4()
    wallet = open_wallet(shop_id=shop.demo.shop_id, buyer_id=buyer, currency="CNY", now=now)
    first = place(shop, now, ref=f"buyer:{buyer.hex}")
    pay(begin(open_till(shop.demo.shop_id, now), first.order_id, now), now)
    refund_order(
        shop_id=shop.demo.shop_id, order_id=first.order_id, reason="x", actor="buyer", paid_from=wallet, now=now
    )
    placed = place(shop, now, ref=f"buyer:{buyer.hex}", hold=HOLD)
    end = pay_from_wallet(shop_id=shop.demo.shop_id, order_id=placed.order_id, buyer_id=buyer, now=now)
    assert (end, see(shop, placed.order_id).held_until, booked(shop, wallet)) == ("paid", now + HOUR, 0)
    refuse(shop, placed.order_id, now)
    assert (state_of(shop, placed.order_id), booked(shop, wallet)) == ("refunded", PRICE)


def test_a_refund_for_another_reason_ends_the_hold(shop: Shop, till: Till, now: datetime) -> None:
    order_id = held(shop, till, now)
    refund_order(shop_id=till.shop_id, order_id=order_id, reason="changed", actor="guest:a", now=now)
    hold = hold_of(shop, order_id)
    assert (hold.state, hold.ended_by, hold.cause) == ("lapsed", "guest:a", "changed")
    for act in (release, refuse):
        with pytest.raises(HoldOver):
            act(shop, order_id, now)
    refund_all(now)
    assert (state_of(shop, order_id), stock(shop)) == ("refunded", (20, 0, 0))
    assert "order_released" not in told(order_id)
    assert "order_hold_refused" not in told(order_id)
    assert broken(now) == {}


@pytest.mark.parametrize("then", ["release", "refuse"])
def test_while_a_bank_has_the_money_nothing_happens_by_itself(shop: Shop, till: Till, now: datetime, then: str) -> None:
    order_id = held(shop, till, now, hold=HoldOrder(None, HOUR, then=then))
    payment = next(one for one in payments.payments_of(till.shop_id, "order", order_id))
    dispute = Fact(
        kind="disputed", provider="sandbox", account_id=payment.account_id, our_ref=payment.number, channel_ref="dp_1",
        amount=payment.amount, happened_at=now, source="callback",
    )  # fmt: skip
    account = Account.objects.get(shop_id=till.shop_id, id=payment.account_id)
    apply_dispute(shop_id=till.shop_id, account=account, fact=dispute, now=now)
    until = now + HOUR
    assert tasks.watch_holds(until) == 1
    hold = hold_of(shop, order_id)
    assert (state_of(shop, order_id), hold.live, hold.review, hold.until) == ("paid", True, True, until + HOUR)
    assert see(shop, order_id).deliver_by == until + HOUR + DELIVER_WITHIN
    assert [act for _who, act in trail(order_id)] == ["order_held", "order_hold_put_off"]
    with pytest.raises(PaymentDisputed):
        refuse(shop, order_id, until)
    assert hold_of(shop, order_id) == hold
    sql("UPDATE payments_dispute SET state = 'won', closed_at = now()")
    assert tasks.watch_holds(until + HOUR) == 1
    refund_all(until + HOUR)
    assert state_of(shop, order_id) == {"release": "delivered", "refuse": "refunded"}[then]


# -- races: one end, whoever is first -------------------------------------------------------------------------


def test_released_refused_refunded_and_due_at_once_have_one_end(shop: Shop, till: Till, now: datetime) -> None:
    orders = [held(shop, till, now, ref=f"guest:{n}") for n in range(6)]
    due = now + HOUR
    acts: list[Any] = [
        lambda one: release(shop, one, due),
        lambda one: refuse(shop, one, due),
        lambda one: meet_hold(shop_id=till.shop_id, order_id=one, now=due),
        lambda one: refund_order(shop_id=till.shop_id, order_id=one, reason="x", actor="guest:a", now=due),
        lambda one: meet_deadline(shop_id=till.shop_id, order_id=one, now=due),
        lambda one: release(shop, one, due, actor="staff:2"),
    ]
    together(lambda n: acts[(n + n // 6) % 6](orders[n // 6]), 36)
    refund_all(due)
    for one in orders:
        hold, state = hold_of(shop, one), state_of(shop, one)
        ends = {"released": {"delivered", "refunded"}, "refused": {"refunded"}, "lapsed": {"refunded"}}
        assert state in ends[hold.state]
        assert len(moves(one)) == 2
        names = Counter(told(one))
        assert names["order_released"] + names["order_hold_refused"] == (hold.state != "lapsed")
        assert names["order_delivered"] + names["order_refunding"] >= 1
    assert broken(due) == {}


def test_paying_and_holding_at_once_is_delivered_or_held(shop: Shop, till: Till, now: datetime) -> None:
    placed = [place(shop, now, ref=f"guest:{n}", ip=f"192.0.2.{n}") for n in range(8)]
    attempts = [begin(till, one.order_id, now) for one in placed]

    def act(n: int) -> str:
        order = placed[n // 2]
        if n % 2:
            pay(attempts[n // 2], now)
            return "paid"
        hold_delivery(shop_id=till.shop_id, order_id=order.order_id, hold=HOLD, actor="system", now=now)
        return "held"

    done = together(act, 16)
    for n, order in enumerate(placed):
        was_held = done[2 * n] == "held"
        assert done[2 * n] in ("held", "wrong_order_state")
        assert state_of(shop, order.order_id) == ("paid" if was_held else "delivered")
    assert broken(now) == {}


def test_cancelled_expired_refused_and_paid_at_once(shop: Shop, till: Till, now: datetime) -> None:
    placed = [place(shop, now, ref=f"guest:{n}", ip=f"192.0.2.{n}", hold=HOLD) for n in range(5)]
    attempts = [begin(till, one.order_id, now) for one in placed]
    acts: list[Any] = [
        lambda n: pay(attempts[n], now),
        lambda n: refuse(shop, placed[n].order_id, now),
        lambda n: cancel_order(shop_id=till.shop_id, order_id=placed[n].order_id, actor="t", now=now),
        lambda n: expire_order(shop_id=till.shop_id, order_id=placed[n].order_id, now=now),
    ]
    together(lambda n: acts[(n + n // 4) % 4](n // 4), 20)
    relay_all(now)
    refund_all(now)
    for one in placed:
        assert (state_of(shop, one.order_id), hold_of(shop, one.order_id).state) == ("refunded", "refused")
    assert stock(shop) == (20, 0, 0)
    assert broken(now) == {}


# -- guards of the database, and figures ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE orders_order SET state = 'delivered', delivered_at = now() WHERE id = '{held}'",
        "UPDATE orders_order SET state = 'refunding' WHERE id = '{held}'",
        "DELETE FROM orders_hold WHERE order_id = '{held}'",
        "UPDATE orders_hold SET state = 'released' WHERE order_id = '{held}'",
        "UPDATE orders_hold SET shop_id = gen_random_uuid() WHERE order_id = '{held}'",
        "UPDATE orders_hold SET state = 'refused' WHERE order_id = '{over}'",
        "UPDATE orders_hold SET state = 'held', ended_at = NULL, ended_by = '', cause = '' WHERE order_id = '{over}'",
        "UPDATE orders_hold SET for_seconds = 0 WHERE order_id = '{held}'",
        "UPDATE orders_hold SET then_do = 'x' WHERE order_id = '{held}'",
    ],
)
def test_the_database_lets_no_hold_be_passed_over(shop: Shop, till: Till, now: datetime, wrong: str) -> None:
    over = held(shop, till, now, ref="guest:b")
    release(shop, over, now)
    waiting = held(shop, till, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(wrong.format(held=waiting, over=over))
    assert (state_of(shop, waiting), hold_of(shop, waiting).state) == ("paid", "held")


def test_the_wait_on_purpose_is_no_speed_of_delivery(shop: Shop, till: Till, now: datetime) -> None:
    quick, slow = place(shop, now, ref="guest:b"), held(shop, till, now)
    pay(begin(till, quick.order_id, now), now)
    early = place(shop, now, ref="guest:c", hold=HOLD)
    release(shop, early.order_id, now)
    pay(begin(till, early.order_id, now), now)
    release(shop, slow, now + HOUR)
    count_figures(now=now)
    figures = queries.trust_view(till.shop_id)
    assert (figures.delivered, figures.delivered_p50_seconds, figures.delivered_p95_seconds) == (3, 0.0, 0.0)
    desk = queries.desk_figures(
        till.shop_id, currency="CNY", first=now.date(), last=now.date(), timezone="Asia/Shanghai", now=now
    )
    assert (desk.delivered_p50_seconds, desk.delivered_p95_seconds) == (0.0, 0.0)
