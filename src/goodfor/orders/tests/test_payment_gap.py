"""What people try with the time between ordering and paying: each has its definite end, and what is odd can wait.

Late, dearer, twice, short, foreign and forged payments are told in test_late, test_paying, test_unpaid and in payments
(test_guards, test_epay_flow, test_storms); here is that all of them are seen by risk control before anything leaves, by
callback and by poll alike, and what its answers do to them.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from goodfor.kernel import relay
from goodfor.kernel.events import StoredEvent
from goodfor.kernel.money import Money
from goodfor.orders import handlers, queries
from goodfor.orders.operations import apply_payment_fact, cancel_order, refund_order
from goodfor.orders.operations.expire_order import expire_order
from goodfor.orders.operations.judge_payment import judge_payment
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
    Till,
    begin,
    broken,
    fact,
    open_till,
    place,
    refund_all,
    relay_all,
    sql,
    state_of,
    stock,
    together,
)
from goodfor.orders.tests.test_late import reprice
from goodfor.payments import queries as payments
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.payments.types import PaymentView
from goodfor.risk.tests.saying import Saying, decided, saying
from goodfor.risk.types import Outcome, Scene

HOUR = timedelta(hours=1)


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


@pytest.fixture
def says() -> Iterator[Saying]:
    with saying() as rules:
        yield rules


def come(payment: PaymentView, now: datetime, **more: int) -> None:
    """As a callback: judged, then applied."""
    pay_trade(shop_id=payment.shop_id, number=payment.number, now=now)
    said = fact(payment, now, **more)
    hold = judge_payment(shop_id=payment.shop_id, fact=said, now=now)
    apply_payment_fact(shop_id=payment.shop_id, fact=said, hold=hold, now=now)


def hold_of(shop: Shop, payment: PaymentView) -> tuple[str, str, bool] | None:
    hold = queries.hold_of_order(shop.demo.shop_id, payment.source_id)
    return (hold.state, hold.then, hold.review) if hold else None


def test_what_is_told_of_a_payment_in_time(shop: Shop, till: Till, now: datetime, says: Saying) -> None:
    order = place(shop, now)
    payment = begin(till, order.order_id, now)
    come(payment, now + timedelta(seconds=20))
    [(scene, facts)] = says.seen
    told = {name: facts[name] for name in (
        "price_ratio", "channel_confirmed", "channel_matches", "merchant_matches", "currency_matches", "price_changed",
        "paid_twice", "paid_late_seconds", "cancelled_then_paid", "amount_minor", "quantity", "sku_liquidity",
        "first_purchase_with_instrument",
    )}  # fmt: skip
    assert (scene, told) == (Scene.PAY, {
        "price_ratio": 1.0, "channel_confirmed": True, "channel_matches": True, "merchant_matches": True,
        "currency_matches": True, "price_changed": None, "paid_twice": False, "paid_late_seconds": 0.0,
        "cancelled_then_paid": False, "amount_minor": 4850, "quantity": 1, "sku_liquidity": 0.9,
        "first_purchase_with_instrument": True,
    })  # fmt: skip
    seconds = facts["seconds_to_expiry"]
    assert isinstance(seconds, float)
    assert round(seconds) == round((order.pay_by - now).total_seconds()) - 20
    assert sql("SELECT subject_kind, subject_id FROM risk_decision") == [("payment", payment.id)]
    assert state_of(shop, order.order_id) == "delivered"
    # The second time it is not the first any more, and a share of payments in the last seconds is known.
    second = begin(till, place(shop, now).order_id, now)
    come(second, now + timedelta(minutes=15) - timedelta(seconds=4))
    known = says.seen[-1][1]
    assert (known["first_purchase_with_instrument"], known["last_second_share"]) == (False, 0.0)
    assert known["seconds_to_expiry"] == pytest.approx(4.0, abs=0.5)


def test_cancelled_then_paid_is_told_and_can_wait(shop: Shop, till: Till, now: datetime, says: Saying) -> None:
    payment = begin(till, place(shop, now).order_id, now)
    cancel_order(shop_id=till.shop_id, order_id=payment.source_id, actor="test", now=now + timedelta(seconds=1))
    says.says[Scene.PAY] = Outcome.HOLD
    later = now + timedelta(minutes=5)
    come(payment, later)
    facts = says.seen[-1][1]
    assert (facts["cancelled_then_paid"], facts["price_changed"], facts["paid_late_seconds"]) == (True, False, 0.0)
    assert (state_of(shop, payment.source_id), hold_of(shop, payment)) == ("paid", ("held", "release", False))
    assert stock(shop) == (19, 1, 0)
    assert broken(later) == {}


def test_paid_after_expiry_and_a_changed_price_is_told(shop: Shop, till: Till, now: datetime, says: Saying) -> None:
    order = place(shop, now)
    payment = begin(till, order.order_id, now)
    expire_order(shop_id=till.shop_id, order_id=order.order_id, now=order.pay_by + timedelta(seconds=1))
    reprice(shop, 4000, order.pay_by + timedelta(minutes=1))
    later = order.pay_by + timedelta(minutes=30)
    says.says[Scene.PAY] = Outcome.REVIEW
    come(payment, later)
    facts = says.seen[-1][1]
    assert facts["paid_late_seconds"] == pytest.approx(1800.0)
    assert (facts["price_changed"], facts["cancelled_then_paid"], facts["seconds_to_expiry"]) == (True, False, 0.0)
    assert (state_of(shop, order.order_id), hold_of(shop, payment)) == ("paid", ("held", "refuse", True))
    assert broken(later) == {}


def test_what_goes_back_anyway_waits_for_nobody(shop: Shop, till: Till, now: datetime, says: Saying) -> None:
    """Dearer meanwhile, short, and a payment too many: their ends are those that they always had."""
    says.says[Scene.PAY] = Outcome.HOLD
    late = begin(till, place(shop, now).order_id, now)
    cancel_order(shop_id=till.shop_id, order_id=late.source_id, actor="test", now=now)
    reprice(shop, 9000, now)
    later = now + timedelta(minutes=5)
    come(late, later)
    refund_all(later)
    assert (state_of(shop, late.source_id), hold_of(shop, late)) == ("refunded", None)
    short = begin(till, place(shop, now, ref="guest:b").order_id, now)
    come(short, later, amount_minor=1)
    assert says.seen[-1][1]["price_ratio"] == pytest.approx(1 / 9000, abs=1e-6)
    assert (state_of(shop, short.source_id), hold_of(shop, short)) == ("placed", None)
    says.says.clear()
    twice = begin(till, place(shop, now, ref="guest:c").order_id, now)
    come(twice, later)
    judged = len(says.seen)
    apply_payment_fact(shop_id=till.shop_id, fact=fact(twice, later, ref="again"), now=later)
    assert judge_payment(shop_id=till.shop_id, fact=fact(twice, later, ref="again"), now=later) is None
    assert (len(says.seen), state_of(shop, twice.source_id)) == (judged, "delivered")
    assert broken(later) == {}


@pytest.mark.parametrize("what", ["currency", "account", "provider"])
def test_foreign_money_is_told_and_delivers_nothing(
    shop: Shop, till: Till, now: datetime, says: Saying, what: str
) -> None:
    """Another currency, another merchant of the same provider, another gateway: a case for the staff, never a code."""
    payment = begin(till, place(shop, now).order_id, now)
    said = fact(payment, now)
    said = {
        "currency": replace(said, amount=Money(4850, "USD")),
        "account": replace(said, account_id=open_till(till.shop_id, now, code="other").account_id),
        "provider": replace(said, provider="epay"),
    }[what]
    hold = judge_payment(shop_id=till.shop_id, fact=said, now=now)
    facts = says.seen[-1][1]
    assert facts["currency_matches"] is (what != "currency")
    assert facts["channel_matches"] is facts["merchant_matches"] is (what == "currency")
    assert (facts["price_ratio"] is None) is (what == "currency")
    apply_payment_fact(shop_id=till.shop_id, fact=said, hold=hold, now=now)
    assert (state_of(shop, payment.source_id), stock(shop)) == ("placed", (19, 1, 0))
    assert [case.kind for case in payments.open_cases(till.shop_id)] == ["foreign"]


def test_money_goes_back_only_once_its_codes_are_back(shop: Shop, till: Till, now: datetime, says: Saying) -> None:
    """Delivered and given back: the code is the shop's again in the very transaction that begins the refund."""
    payment = begin(till, place(shop, now).order_id, now)
    come(payment, now)
    refund_order(shop_id=till.shop_id, order_id=payment.source_id, reason="r", actor="client:x", now=now)
    assert (state_of(shop, payment.source_id), stock(shop)) == ("refunding", (20, 0, 0))
    refund_all(now)
    assert state_of(shop, payment.source_id) == "refunded"
    assert broken(now) == {}


@pytest.mark.parametrize("outcome", [Outcome.HOLD, Outcome.REVIEW, Outcome.DENY, Outcome.CHALLENGE])
def test_money_that_looks_bad_delivers_nothing_yet(
    shop: Shop, till: Till, now: datetime, says: Saying, outcome: Outcome
) -> None:
    says.says[Scene.PAY] = outcome
    payment = begin(till, place(shop, now).order_id, now)
    come(payment, now)
    assert state_of(shop, payment.source_id) == "paid"
    assert stock(shop) == (19, 1, 0)
    stops = outcome in (Outcome.REVIEW, Outcome.DENY)
    assert hold_of(shop, payment) == ("held", "refuse" if stops else "release", stops)
    assert broken(now) == {}


def test_a_poll_is_judged_like_a_callback(shop: Shop, till: Till, now: datetime, says: Saying) -> None:
    says.says[Scene.PAY] = Outcome.HOLD
    payment = begin(till, place(shop, now).order_id, now)
    assert pay_trade(shop_id=till.shop_id, number=payment.number, now=now)
    later = now + timedelta(minutes=1)
    assert poll_due(now=later) == 1
    relay_all(later)
    assert (state_of(shop, payment.source_id), hold_of(shop, payment)) == ("paid", ("held", "release", False))
    assert decided(Scene.PAY) == ["hold"]
    assert broken(later) == {}


def test_a_failing_engine_holds_what_is_paid(shop: Shop, till: Till, now: datetime, says: Saying) -> None:
    says.fails = True
    polled = begin(till, place(shop, now).order_id, now)
    assert pay_trade(shop_id=till.shop_id, number=polled.number, now=now)
    called = begin(till, place(shop, now, ref="guest:b").order_id, now)
    later = now + timedelta(minutes=1)
    come(called, later)
    poll_due(now=later)
    relay_all(later)
    for payment in (polled, called):
        assert (state_of(shop, payment.source_id), hold_of(shop, payment)) == ("paid", ("held", "release", False))


def test_nothing_is_delivered_that_nobody_judged(
    shop: Shop, till: Till, now: datetime, says: Saying, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stops the judging, the news of a poll waits for it: at the first call, and at each one again."""
    payment = begin(till, place(shop, now).order_id, now)
    assert pay_trade(shop_id=till.shop_id, number=payment.number, now=now)
    later = now + timedelta(minutes=1)
    poll_due(now=later)

    def broken_judge(**_asked: object) -> None:
        raise OSError("away")

    monkeypatch.setattr(handlers, "judge_payment", broken_judge)
    relay_all(later)
    for minutes in (2, 3, 5):
        relay.retry_due(later + timedelta(minutes=minutes))
    assert (state_of(shop, payment.source_id), stock(shop)) == ("placed", (19, 1, 0))
    [event_row] = sql("SELECT id, payload FROM kernel_event WHERE name = 'payments.fact_recorded'")
    event = StoredEvent(
        event_row[0], till.shop_id, "payments.fact_recorded", 1,
        {"fact_id": str(sql("SELECT id FROM payments_fact")[0][0])}, None, later,
    )  # fmt: skip
    with pytest.raises(RuntimeError, match="judged before"):
        handlers.on_fact_recorded(event)
    monkeypatch.undo()
    relay.retry_due(later + timedelta(hours=2))
    assert state_of(shop, payment.source_id) == "delivered"
    assert sql("SELECT count(*) FROM kernel_event_retry") == [(0,)]


def test_the_same_news_many_times_delivers_and_holds_once(shop: Shop, till: Till, now: datetime, says: Saying) -> None:
    says.says[Scene.PAY] = Outcome.HOLD
    payment = begin(till, place(shop, now).order_id, now)
    together(lambda _: come(payment, now), 8, threads=4)
    assert (state_of(shop, payment.source_id), stock(shop)) == ("paid", (19, 1, 0))
    assert sql("SELECT count(*) FROM orders_hold") == [(1,)]
    assert sql("SELECT count(*) FROM payments_fact WHERE outcome = 'confirmed'") == [(1,)]
    assert broken(now) == {}


def test_payments_of_strangers_are_not_judged(shop: Shop, till: Till, now: datetime, says: Saying) -> None:
    payment = begin(till, place(shop, now).order_id, now)
    unknown = fact(payment, now)
    stranger = type(unknown)(
        kind="paid", provider="sandbox", account_id=UUID(int=9), our_ref="P-NOBODY", channel_ref="x",
        amount=Money(4850, "CNY"), happened_at=now, source="query",
    )  # fmt: skip
    assert judge_payment(shop_id=till.shop_id, fact=stranger, now=now) is None
    assert says.seen == []
    assert payments.payments_of(till.shop_id, "order", payment.source_id)[0].state != "succeeded"
