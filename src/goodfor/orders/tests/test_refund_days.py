"""The bounds of a day of refunds: at their edges, side by side, over midnight, after a failure, for whom, and told."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from goodfor.delivery.queries import masked_codes
from goodfor.identity.models import Staff
from goodfor.identity.operations import add_staff, create_user
from goodfor.kernel.errors import DomainError
from goodfor.kernel.events import StoredEvent
from goodfor.kernel.money import Money
from goodfor.orders import handlers, queries
from goodfor.orders.operations import (
    apply_payment_fact,
    expire_order,
    open_claim,
    refund_order,
    refund_part,
    retry_refund,
)
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
    PRICE,
    Till,
    begin,
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
    together,
)
from goodfor.orders.types import BANK
from goodfor.payments import queries as payments
from goodfor.payments.operations.execute_refund import execute_refund

pytestmark = pytest.mark.django_db(transaction=True)
_people = count(1)
#: Nothing is bound but what a test binds.
FREE = dict.fromkeys(
    ("refund_limit_minor", "refund_daily_limit_minor", "refund_daily_cap_minor", "auto_refund_alarm_minor"), -1
)


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


def bind(shop: Shop, **bounds: int) -> None:
    pairs = ", ".join(f'"{key}": {value}' for key, value in {**FREE, **bounds}.items())
    sql("UPDATE identity_shop SET settings = %s::jsonb WHERE id = %s", ["{" + pairs + "}", shop.demo.shop_id])


def somebody(shop: Shop, role: str, now: datetime) -> str:
    user_id = create_user(username=f"{role}-{next(_people)}", password=None)
    return add_staff(shop_id=shop.demo.shop_id, user_id=user_id, role=role, actor="test", now=now).actor


def part(shop: Shop, order_id: UUID, minor: int, now: datetime, *, actor: str = "staff:x", proven: bool = False) -> Any:
    """The refund's id, or why it was refused."""
    try:
        return refund_part(
            shop_id=shop.demo.shop_id, order_id=order_id, amount=Money(minor, "CNY"), reason="用不了", actor=actor,
            proven=proven, now=now,
        ).refund_id  # fmt: skip
    except DomainError as error:
        return error.code


def whole(shop: Shop, order_id: UUID, now: datetime, *, actor: str = "guest:x", **over: Any) -> Any:
    try:
        return refund_order(
            shop_id=shop.demo.shop_id, order_id=order_id, reason="x", actor=actor, now=now, **over
        ).refund_id
    except DomainError as error:
        return error.code


def today(shop: Shop, now: datetime, actor: str = "staff:x") -> tuple[int, int]:
    """What all the staff, and one of them, gave back."""
    found = queries.refunds_today(shop.demo.shop_id, actor, now)
    return found.by_staff.amount_minor, found.mine.amount_minor


def sums(kind: str) -> list[tuple[str, int]]:
    return sql("SELECT actor, minor FROM orders_refund_day WHERE kind = %s ORDER BY actor", [kind])  # type: ignore[return-value]


def cases(shop: Shop, kind: str) -> list[Any]:
    return [case for case in payments.open_cases(shop.demo.shop_id) if case.kind == kind]


def refuse(shop: Shop, refund_id: UUID, now: datetime) -> None:
    """The channel refuses for good, since it knows of no payment; nobody has heard of it yet."""
    sql("UPDATE payments_sandbox_trade SET state = 'closed'")
    assert execute_refund(shop_id=shop.demo.shop_id, refund_id=refund_id, now=now).state == "failed"
    sql("UPDATE payments_sandbox_trade SET state = 'paid'")


def sold(shop: Shop, till: Till, now: datetime, quantity: int = 1) -> UUID:
    """A delivered order paid through the channel, whose refunds take their time."""
    order = place(shop, now, quantity)
    pay(begin(till, order.order_id, now), now)
    return order.order_id


# -- the cap ------------------------------------------------------------------------------------------


def test_the_cap_holds_to_the_fen_and_is_told_once_a_day(shop: Shop, now: datetime) -> None:
    bind(shop, refund_daily_cap_minor=1000)
    order = buy(shop, now, 2)
    assert part(shop, order.id, 1001, now) == "refund_cap_reached"
    assert sql("SELECT count(*) FROM orders_refund_day") == sql("SELECT count(*) FROM orders_refund_count") == [(0,)]
    assert isinstance(part(shop, order.id, 999, now), UUID)
    assert part(shop, order.id, 2, now, actor="staff:y", proven=True) == "refund_cap_reached"
    assert isinstance(part(shop, order.id, 1, now, actor="staff:y"), UUID)
    assert part(shop, order.id, 1, now) == "refund_cap_reached"
    assert whole(shop, order.id, now, actor="staff:x", by_staff=True, proven=True) == "refund_cap_reached"
    assert (today(shop, now), today(shop, now, "staff:y")) == ((1000, 999), (1000, 1))
    assert queries.refundable(shop.demo.shop_id, order.id) == Money(2 * PRICE - 1000, "CNY")
    [case] = cases(shop, "refund_cap")
    assert (case.detail["limit_minor"], case.detail["refunded_minor"], case.detail["currency"]) == (1000, 0, "CNY")
    assert sql("SELECT count(*) FROM kernel_event WHERE name = 'payments.case_opened'") == [(1,)]
    assert not broken(now)


def test_twenty_at_once_never_pass_the_cap(shop: Shop, now: datetime) -> None:
    bind(shop, refund_daily_cap_minor=750)
    orders = [buy(shop, now) for _ in range(20)]
    results = together(lambda i: part(shop, orders[i].id, 100, now, actor=f"staff:{i % 3}"), 20, threads=20)
    assert results.count("refund_cap_reached") == 13
    assert sum(isinstance(one, UUID) for one in results) == 7
    assert today(shop, now)[0] == 700
    assert sql("SELECT sum(refunded_minor)::int FROM orders_order") == [(700,)]
    assert len(cases(shop, "refund_cap")) == 1
    assert not broken(now)


def test_a_cap_of_nothing_refuses_all(shop: Shop, now: datetime) -> None:
    bind(shop, refund_daily_cap_minor=0)
    assert part(shop, buy(shop, now).id, 1, now) == "refund_cap_reached"


def test_of_other_shops_nothing_counts(shop: Shop, now: datetime) -> None:
    bind(shop, refund_daily_cap_minor=1000)
    sql("INSERT INTO orders_refund_day SELECT gen_random_uuid(), day, 'CNY', 'staff', '', 1000"
        " FROM generate_series(now() - interval '2 days', now() + interval '2 days', '1 day') day")  # fmt: skip
    assert isinstance(part(shop, buy(shop, now).id, 1000, now), UUID)


# -- one refund, one person's day -----------------------------------------------------------------------


def test_above_the_line_of_one_refund_a_proof(shop: Shop, now: datetime) -> None:
    bind(shop, refund_limit_minor=1000)
    order = buy(shop, now, 2)
    assert isinstance(part(shop, order.id, 1000, now), UUID)
    assert part(shop, order.id, 1001, now) == "refund_needs_proof"
    assert today(shop, now) == (1000, 1000)
    assert isinstance(part(shop, order.id, 1001, now, proven=True), UUID)
    assert whole(shop, order.id, now, actor="staff:x", by_staff=True) == "refund_needs_proof"
    assert isinstance(whole(shop, order.id, now, actor="staff:x", by_staff=True, proven=True), UUID)
    assert not broken(now)


@pytest.mark.parametrize(
    ("role", "unproved", "proved"),
    [
        ("owner", "refund_needs_proof", True),
        ("finance", "refund_needs_proof", True),
        ("operator", "refund_above_daily_limit", False),
        ("support", "refund_above_daily_limit", False),
    ],
)
def test_above_the_line_of_a_day_only_some(
    shop: Shop, now: datetime, role: str, unproved: str, proved: bool
) -> None:  # fmt: skip
    bind(shop, refund_daily_limit_minor=1000)
    order, who = buy(shop, now, 2), somebody(shop, role, now)
    # What others gave back is not theirs.
    assert isinstance(part(shop, order.id, 1000, now, actor="staff:other"), UUID)
    assert isinstance(part(shop, order.id, 400, now, actor=who), UUID)
    assert isinstance(part(shop, order.id, 600, now, actor=who), UUID)
    assert part(shop, order.id, 1, now, actor=who) == unproved
    assert isinstance(part(shop, order.id, 1, now, actor=who, proven=True), UUID) == proved
    assert today(shop, now, who)[1] == 1000 + proved
    assert part(shop, order.id, 1, now, actor="staff:other", proven=True) == "refund_above_daily_limit"


def test_who_left_is_nobody(shop: Shop, now: datetime) -> None:
    bind(shop, refund_daily_limit_minor=0)
    order, who = buy(shop, now), somebody(shop, "owner", now)
    assert isinstance(part(shop, order.id, 1, now, actor=who, proven=True), UUID)
    Staff.objects.filter(shop_id=shop.demo.shop_id, id=UUID(who.partition(":")[2])).update(active=False)
    assert part(shop, order.id, 1, now, actor=who, proven=True) == "refund_above_daily_limit"


def test_without_settings_the_defaults_hold(shop: Shop, now: datetime) -> None:
    found = queries.refunds_today(shop.demo.shop_id, "staff:x", now)
    assert (found.cap, found.limit) == (Money(5_000_000, "CNY"), Money(200_000, "CNY"))
    bind(shop)
    found = queries.refunds_today(shop.demo.shop_id, "staff:x", now)
    assert (found.cap, found.limit) == (None, None)


# -- the day --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Shanghai", 16), ("Asia/Tokyo", 15), ("UTC", 0)])
def test_a_new_day_begins_at_the_shops_midnight(shop: Shop, now: datetime, zone: str, hour: int) -> None:
    bind(shop, refund_daily_cap_minor=1000)
    sql("UPDATE identity_shop SET timezone = %s WHERE id = %s", [zone, shop.demo.shop_id])
    order = buy(shop, now, 2)
    midnight = datetime(now.year, now.month, now.day, hour, tzinfo=UTC) + timedelta(days=1)
    before = midnight - timedelta(seconds=1)
    assert isinstance(part(shop, order.id, 1000, before), UUID)
    assert part(shop, order.id, 1, before) == "refund_cap_reached"
    assert isinstance(part(shop, order.id, 1000, midnight), UUID)
    assert part(shop, order.id, 1, midnight + timedelta(hours=23, minutes=59)) == "refund_cap_reached"
    assert len(cases(shop, "refund_cap")) == 2
    assert (today(shop, before), today(shop, midnight)) == ((1000, 1000), (1000, 1000))


# -- what failed ------------------------------------------------------------------------------------------


def test_a_refund_that_failed_gives_the_room_of_its_day_back_once(shop: Shop, till: Till, now: datetime) -> None:
    bind(shop, refund_daily_cap_minor=1000)
    first, second = sold(shop, till, now), sold(shop, till, now)
    failing = part(shop, first, 1000, now)
    assert part(shop, second, 1000, now) == "refund_cap_reached"
    refuse(shop, failing, now)
    relay_all(now)
    assert today(shop, now) == (0, 0)
    assert isinstance(part(shop, second, 600, now), UUID)
    [(event_id, payload)] = sql("SELECT id, payload::text FROM kernel_event WHERE name = 'payments.refund_failed'")
    shop_id = shop.demo.shop_id
    handlers.on_refund_failed(
        StoredEvent(event_id, shop_id, "payments.refund_failed", 1, json.loads(payload), None, now)
    )
    assert today(shop, now) == (600, 600)
    # The day after, the room of the day before is of no use.
    later = now + timedelta(days=1)
    assert retry_refund(
        shop_id=shop.demo.shop_id, order_id=first, refund_id=failing, actor="staff:x", now=later
    ).amount == Money(1000, "CNY")
    assert (today(shop, now), today(shop, later)) == ((600, 600), (1000, 1000))


def test_another_try_needs_no_room_twice(shop: Shop, till: Till, now: datetime) -> None:
    bind(shop, refund_daily_cap_minor=1000)
    order = sold(shop, till, now)
    failing = part(shop, order, 1000, now)
    refuse(shop, failing, now)
    # Before anybody heard of the failure, and again.
    args = {"shop_id": shop.demo.shop_id, "order_id": order, "refund_id": failing, "now": now}
    again = retry_refund(**args, actor="staff:y")
    assert retry_refund(**args, actor="staff:z").refund_id == again.refund_id
    relay_all(now)
    assert sums("staff") == [("", 1000), ("staff:x", 0), ("staff:y", 1000)]
    refund_all(now)
    assert sums("staff")[0] == ("", 1000)
    assert not broken(now)


@pytest.mark.parametrize("bound", ["refund_limit_minor", "refund_daily_limit_minor", "refund_daily_cap_minor"])
def test_another_try_by_hand_obeys(shop: Shop, till: Till, now: datetime, bound: str) -> None:
    bind(shop)
    order = sold(shop, till, now)
    failing = part(shop, order, 1000, now)
    refuse(shop, failing, now)
    relay_all(now)
    bind(shop, **{bound: 999})
    args = {"shop_id": shop.demo.shop_id, "order_id": order, "refund_id": failing, "actor": "staff:x", "now": now}
    for paid_from in ("", BANK):
        with pytest.raises(DomainError) as refused:
            retry_refund(**args, paid_from=paid_from)
        assert refused.value.code in ("refund_needs_proof", "refund_above_daily_limit", "refund_cap_reached")
    assert len(cases(shop, "refund_cap")) == (bound == "refund_daily_cap_minor")
    assert len(cases(shop, "refund_failed")) == 1
    bind(shop, **{bound: 1000})
    assert retry_refund(**args, paid_from=BANK).state == "succeeded"
    assert not broken(now)


# -- what goes back by itself ---------------------------------------------------------------------------


def test_promises_are_kept_whatever_the_cap(shop: Shop, till: Till, now: datetime) -> None:
    bind(shop, refund_daily_cap_minor=0, refund_daily_limit_minor=0, refund_limit_minor=0)
    asked, paid_twice = place(shop, now), place(shop, now, 2)
    pay(begin(till, asked.order_id, now), now)
    assert isinstance(whole(shop, asked.order_id, now), UUID)
    payment = begin(till, paid_twice.order_id, now)
    pay(payment, now)
    apply_payment_fact(shop_id=till.shop_id, fact=fact(payment, now, ref="other"), now=now)
    refund_all(now)
    assert state_of(shop, asked.order_id) == "refunded"
    assert sums("auto") == [("", 3 * PRICE)]
    assert (sums("staff"), cases(shop, "refund_cap"), cases(shop, "refund_alarm")) == ([], [], [])


def test_a_late_payment_that_buys_nothing_more_goes_back(shop: Shop, till: Till, now: datetime) -> None:
    bind(shop, refund_daily_cap_minor=0)
    late = place(shop, now)
    payment = begin(till, late.order_id, now)
    expire_order(shop_id=till.shop_id, order_id=late.order_id, now=now + timedelta(hours=1))
    buy(shop, now, 20)
    pay(payment, now + timedelta(hours=2))
    refund_all(now + timedelta(hours=2))
    assert state_of(shop, late.order_id) == "refunded"
    assert [row[1] for row in sums("auto")] == [PRICE]


def test_a_buyers_claim_on_unseen_codes_is_met(shop: Shop, till: Till, now: datetime) -> None:
    bind(shop, refund_daily_cap_minor=0)
    order = queries.order_view(shop.demo.shop_id, sold(shop, till, now, 3))
    held = masked_codes(shop.demo.shop_id, [order.lines[0].line_id])
    for codes, total in (([held[0].code_id], PRICE), ([], 3 * PRICE)):
        claim = open_claim(
            shop_id=order.shop_id, order_id=order.id, line_id=order.lines[0].line_id, reason="invalid",
            code_ids=codes, actor="guest:x", now=now,
        )  # fmt: skip
        assert claim.state == "refunded"
        refund_all(now)
        assert sums("auto") == [("", total)]
    assert not broken(now)


def test_what_was_promised_and_failed_goes_out_again_the_same_way(shop: Shop, till: Till, now: datetime) -> None:
    bind(shop, refund_daily_cap_minor=0)
    order = sold(shop, till, now)
    refuse(shop, whole(shop, order, now), now)
    relay_all(now)
    assert sums("auto") == [("", 0)]
    args = {"shop_id": shop.demo.shop_id, "order_id": order, "actor": "staff:x", "now": now}
    with pytest.raises(DomainError) as refused:
        retry_refund(**args, paid_from=BANK)
    assert refused.value.code == "refund_cap_reached"
    retry_refund(**args)
    assert (sums("auto"), sums("staff")) == ([("", PRICE)], [])


def test_a_drain_is_told_once_and_goes_on(shop: Shop, now: datetime) -> None:
    bind(shop, auto_refund_alarm_minor=2 * PRICE)
    orders = [buy(shop, now) for _ in range(4)]
    for order in orders[:2]:
        assert isinstance(whole(shop, order.id, now), UUID)
    assert cases(shop, "refund_alarm") == []
    for order in orders[2:]:
        assert isinstance(whole(shop, order.id, now), UUID)
    [case] = cases(shop, "refund_alarm")
    assert (case.detail["refunded_minor"], case.detail["limit_minor"]) == (3 * PRICE, 2 * PRICE)
    late = buy(shop, now)
    assert isinstance(whole(shop, late.id, now + timedelta(days=1)), UUID)
    assert sums("auto") == [("", PRICE), ("", 4 * PRICE)] or sums("auto") == [("", 4 * PRICE), ("", PRICE)]
    assert len(cases(shop, "refund_alarm")) == 1
    assert not broken(now)


# -- the API ----------------------------------------------------------------------------------------------


def test_the_api_obeys_the_cap_and_uses_nothing_of_the_staffs(shop: Shop, now: datetime) -> None:
    bind(shop, refund_daily_cap_minor=PRICE + 10, refund_limit_minor=0, refund_daily_limit_minor=PRICE)
    api = Client(headers={"Authorization": f"Bearer {shop.demo.api_key}"})
    orders = [buy(shop, now) for _ in range(3)]

    def ask(number: str, key: str) -> Any:
        return api.post(
            f"/api/v1/orders/{number}/refunds", "{}", content_type="application/json", headers={"Idempotency-Key": key}
        )

    assert ask(orders[0].number, "a").status_code == 201
    answer = ask(orders[1].number, "b")
    assert (answer.status_code, answer.json()["code"]) == (409, "refund_cap_reached")
    assert not {"cap_minor", "used_minor", "day"} & answer.json().keys()
    assert state_of(shop, orders[1].id) == "delivered"
    assert len(cases(shop, "refund_cap")) == 1
    # Once done stays done.
    assert ask(orders[0].number, "a").status_code == 201
    assert sums("client") == [(f"client:{shop.demo.client_id}", PRICE)]
    assert isinstance(part(shop, orders[2].id, 1000, now, proven=True), UUID)
    assert today(shop, now) == (1000, 1000)
    bind(shop)
    assert ask(orders[1].number, "b").status_code == 201
    assert not broken(now)
