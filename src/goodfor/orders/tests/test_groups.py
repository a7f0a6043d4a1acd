"""Orders that wait for a group: delivered when it forms, refunded when it does not, never both."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from goodfor.orders import queries
from goodfor.orders.operations import (
    apply_payment_fact,
    cancel_order,
    meet_hold,
    refund_order,
    refuse_delivery,
    release_delivery,
)
from goodfor.orders.operations.expire_order import expire_order
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
    Till,
    begin,
    booked,
    broken,
    fact,
    open_till,
    pay,
    refund_all,
    relay_all,
    sql,
    state_of,
    stock,
    together,
)
from goodfor.orders.tests.grouping import (
    GROUP_PRICE,
    asked_for,
    campaign,
    group_of,
    group_row,
    join,
    order,
    place_state,
    start,
)
from goodfor.orders.types import HoldOrder
from goodfor.payments.models import Account
from goodfor.payments.operations.note_dispute import apply_dispute
from goodfor.payments.operations.sandbox_books import pay_trade
from goodfor.payments.types import Fact
from goodfor.promotions import group_queries, group_states
from goodfor.promotions.group_errors import (
    AlreadyInGroup,
    ChoiceGone,
    GroupNotFound,
    GroupOver,
    GroupRunning,
    PlayNotFound,
    TooManyPieces,
)
from goodfor.promotions.group_tasks import watch_groups
from goodfor.promotions.group_types import GRACE
from goodfor.promotions.operations.end_group import end_group

DAY = timedelta(hours=24)
RISK = HoldOrder(UUID(int=7), timedelta(hours=1), reasons=("new_card",))


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


def states(shop: Shop, orders: list[UUID]) -> list[str]:
    return [state_of(shop, one) for one in orders]


def after(now: datetime) -> datetime:
    """When a group of now has surely ended."""
    return now + DAY + GRACE


def test_the_states_are_reachable_and_closed() -> None:
    assert group_states.GROUP.terminal == {"formed", "failed", "void"}
    assert group_states.PLACE.terminal == {"won", "lost", "left", "turned"}
    assert group_states.BARGAIN.terminal == {"used", "expired"}


def test_a_group_forms_and_everybody_is_delivered(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now)
    first = order(shop, asked_for(shop, of), now, "guest:h", quantity=2)
    assert first.total.amount_minor == 2 * GROUP_PRICE
    group = group_of(shop, first.order_id)
    with pytest.raises(GroupNotFound):
        group_queries.group(shop.demo.shop_id, group)
    pay(begin(till, first.order_id, now), now)
    view = group_queries.group(shop.demo.shop_id, group)
    assert (view.state, view.missing, view.expires_at) == ("open", 2, now + DAY)
    seen = queries.order_view(shop.demo.shop_id, first.order_id)
    # Paid, booked, its codes kept beyond the group's end.
    assert (seen.state, seen.held_until) == ("paid", now + DAY + timedelta(minutes=5))
    assert (stock(shop), booked(shop, "2203:order")) == ((18, 2, 0), 2 * GROUP_PRICE)
    orders = [first.order_id, *(join(shop, till, of, group, now, f"guest:{n}") for n in "bc")]
    assert group_row(group) == ("formed", 3)
    # Whose payment made it whole is delivered at once, the others by the news of it.
    assert states(shop, orders) == ["paid", "paid", "delivered"]
    relay_all(now)
    assert states(shop, orders) == ["delivered"] * 3
    assert (stock(shop), booked(shop, "2203:order")) == ((16, 0, 4), 0)
    assert broken(now) == {}


def test_a_group_that_does_not_come_together_is_refunded(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now)
    group, head = start(shop, till, of, now)
    other, unpaid = join(shop, till, of, group, now, "guest:b"), order(shop, asked_for(shop, of, group), now, "guest:c")
    assert watch_groups(now + DAY) == 0
    assert watch_groups(after(now)) == 1
    assert group_row(group) == ("failed", 2)
    relay_all(now)
    assert states(shop, [head, other, unpaid.order_id]) == ["refunding", "refunding", "placed"]
    # Ordered while it was open, paid when it was over.
    late = after(now)
    begun = begin(till, unpaid.order_id, now)
    assert pay_trade(shop_id=shop.demo.shop_id, number=begun.number, now=late)
    apply_payment_fact(shop_id=shop.demo.shop_id, fact=fact(begun, late), now=late)
    assert place_state(shop, unpaid.order_id) == "turned"
    refund_all(late)
    assert states(shop, [head, other, unpaid.order_id]) == ["refunded"] * 3
    reasons = sql("SELECT reason, count(*) FROM payments_refund GROUP BY 1 ORDER BY 1")
    assert reasons == [("group_failed", 2), ("group_over", 1)]
    assert (stock(shop), booked(shop, "2203:order")) == ((20, 0, 0), 0)
    assert broken(now) == {}


def test_who_paid_in_time_and_is_known_a_moment_later_has_joined(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now, size=2)
    group, head = start(shop, till, of, now)
    placed = order(shop, asked_for(shop, of, group), now + DAY - timedelta(minutes=1), "guest:b")
    moment = now + DAY + GRACE / 2
    begun = begin(till, placed.order_id, moment)
    told = fact(begun, now + DAY - timedelta(seconds=5))
    assert pay_trade(shop_id=shop.demo.shop_id, number=begun.number, now=moment)
    apply_payment_fact(shop_id=shop.demo.shop_id, fact=told, now=moment)
    assert group_row(group) == ("formed", 2)
    relay_all(moment)
    assert states(shop, [head, placed.order_id]) == ["delivered"] * 2


def test_who_orders_and_never_pays_keeps_nobody_out(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now, size=2)
    group, _head = start(shop, till, of, now)
    for number in range(12):
        order(shop, asked_for(shop, of, group), now, f"guest:x{number}")
    join(shop, till, of, group, now, "guest:b")
    assert group_row(group) == ("formed", 2)


def test_a_contact_that_was_only_typed_keeps_nobody_from_beginning(shop: Shop, till: Till, now: datetime) -> None:
    of, mail = campaign(shop, now, size=2), "a@example.com"
    order(shop, asked_for(shop, of), now, "guest:x", contact=mail)
    start(shop, till, of, now, "guest:a", contact=mail)
    # Once it is paid it is a name like any other.
    with pytest.raises(GroupRunning):
        order(shop, asked_for(shop, of), now, "guest:y", contact=mail)


def test_who_ordered_in_time_and_pays_after_it_formed_is_in(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now, size=2)
    group, _head = start(shop, till, of, now)
    placed = order(shop, asked_for(shop, of, group), now, "guest:c")
    join(shop, till, of, group, now, "guest:b")
    pay(begin(till, placed.order_id, now), now)
    assert (place_state(shop, placed.order_id), state_of(shop, placed.order_id)) == ("won", "delivered")
    assert group_row(group) == ("formed", 2)
    with pytest.raises(GroupOver):
        order(shop, asked_for(shop, of, group), now, "guest:d")
    assert broken(now) == {}


def test_a_refund_before_it_forms_frees_the_place_and_after_it_changes_nothing(
    shop: Shop, till: Till, now: datetime
) -> None:
    of = campaign(shop, now)
    group, head = start(shop, till, of, now)
    left = join(shop, till, of, group, now, "guest:b")
    assert group_row(group) == ("open", 2)
    refund_order(shop_id=shop.demo.shop_id, order_id=left, reason="r", actor="guest:b", now=now)
    assert (group_row(group), place_state(shop, left)) == (("open", 1), "left")
    orders = [head, *(join(shop, till, of, group, now, f"guest:{n}") for n in "cd")]
    relay_all(now)
    assert states(shop, orders) == ["delivered"] * 3
    refund_order(shop_id=shop.demo.shop_id, order_id=head, reason="r", actor="guest:h", now=now)
    refund_all(now)
    assert (state_of(shop, head), place_state(shop, head), group_row(group)) == ("refunded", "won", ("formed", 3))
    assert end_group(shop_id=shop.demo.shop_id, group_id=group, now=after(now)) == "formed"
    assert broken(now) == {}


def test_one_person_counts_once_whatever_his_names(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now)
    group, _head = start(shop, till, of, now, cluster="77")
    join(shop, till, of, group, now, "guest:b", cluster="77")
    join(shop, till, of, group, now, "guest:c", device="phone")
    join(shop, till, of, group, now, "guest:d", device="phone")
    assert group_row(group) == ("open", 2)
    join(shop, till, of, group, now, "guest:e")
    assert group_row(group) == ("formed", 3)
    relay_all(now)
    assert sql("SELECT state, count(*) FROM orders_order GROUP BY 1") == [("delivered", 5)]
    assert broken(now) == {}


def test_one_running_group_and_one_place_for_each_person(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now)
    group, _head = start(shop, till, of, now, device="phone")
    before = sql("SELECT count(*) FROM orders_order")
    with pytest.raises(GroupRunning):
        order(shop, asked_for(shop, of), now, "guest:x", device="phone")
    with pytest.raises(AlreadyInGroup):
        order(shop, asked_for(shop, of, group), now, "guest:h")
    with pytest.raises(TooManyPieces):
        order(shop, asked_for(shop, of, group), now, "guest:b", quantity=3)
    with pytest.raises(PlayNotFound):
        order(shop, asked_for(shop, UUID(int=1), group), now, "guest:b")
    assert sql("SELECT count(*) FROM orders_order") == before
    assert stock(shop) == (19, 1, 0)


def test_a_group_price_that_does_not_count_is_no_order(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now, price=99_999)
    with pytest.raises(ChoiceGone):
        order(shop, asked_for(shop, of), now, "guest:h")
    assert sql("SELECT count(*) FROM promotions_group") == [(0,)]
    assert stock(shop) == (20, 0, 0)


def test_what_is_not_paid_is_no_place_and_late_money_joins_while_it_is_open(
    shop: Shop, till: Till, now: datetime
) -> None:
    of = campaign(shop, now, size=2)
    unseen = order(shop, asked_for(shop, of), now, "guest:v")
    group, head = start(shop, till, of, now)
    placed = order(shop, asked_for(shop, of, group), now, "guest:b")
    begun = begin(till, placed.order_id, now)
    late = now + timedelta(hours=1)
    for one in (unseen, placed):
        assert expire_order(shop_id=shop.demo.shop_id, order_id=one.order_id, now=late)
    assert group_row(group_of(shop, unseen.order_id)) == ("void", 0)
    assert place_state(shop, placed.order_id) == "gone"
    assert broken(late) == {}
    assert pay_trade(shop_id=shop.demo.shop_id, number=begun.number, now=late)
    apply_payment_fact(shop_id=shop.demo.shop_id, fact=fact(begun, late), now=late)
    relay_all(late)
    assert group_row(group) == ("formed", 2)
    assert states(shop, [head, placed.order_id]) == ["delivered"] * 2
    assert broken(late) == {}


@pytest.mark.parametrize("first", ["group", "risk"])
def test_an_order_can_wait_for_two_reasons(shop: Shop, till: Till, now: datetime, first: str) -> None:
    of = campaign(shop, now, size=2)
    group, head = start(shop, till, of, now, hold=RISK)

    def risk() -> None:
        release_delivery(shop_id=shop.demo.shop_id, order_id=head, actor="staff:1", cause="staff", now=now)

    def forms() -> None:
        join(shop, till, of, group, now, "guest:b")
        relay_all(now)

    for step in (forms, risk) if first == "group" else (risk, forms):
        assert state_of(shop, head) == "paid"
        step()
    assert state_of(shop, head) == "delivered"
    assert broken(now) == {}


def test_a_hold_that_ends_by_itself_goes_on_for_the_group(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now, size=2)
    group, head = start(shop, till, of, now, hold=RISK)
    hour = now + timedelta(hours=1)
    assert meet_hold(shop_id=shop.demo.shop_id, order_id=head, now=hour) == "paid"
    hold = queries.hold_of_order(shop.demo.shop_id, head)
    assert hold is not None
    assert (hold.state, hold.until, hold.cleared_by) == ("held", now + DAY + timedelta(minutes=5), "system")
    # The news of its group may be lost: its own clock asks the group.
    assert meet_hold(shop_id=shop.demo.shop_id, order_id=head, now=now + DAY + timedelta(minutes=5)) == "refunding"
    assert group_row(group) == ("failed", 1)
    refund_all(now + DAY + timedelta(minutes=6))
    assert (state_of(shop, head), place_state(shop, head)) == ("refunded", "lost")


def test_what_risk_control_refuses_leaves_the_group(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now, size=2)
    group, head = start(shop, till, of, now, hold=RISK)
    refuse_delivery(shop_id=shop.demo.shop_id, order_id=head, actor="system", cause="reviewed", now=now)
    assert (group_row(group), place_state(shop, head)) == (("open", 0), "left")
    unpaid = order(shop, asked_for(shop, of, group), now, "guest:c")
    cancel_order(shop_id=shop.demo.shop_id, order_id=unpaid.order_id, actor="guest:c", now=now)
    for ref in ("guest:b", "guest:d"):
        join(shop, till, of, group, now, ref)
    refund_all(now)
    assert Counter(row[0] for row in sql("SELECT state FROM orders_order")) == {
        "refunded": 1, "cancelled": 1, "delivered": 2,
    }  # fmt: skip
    assert broken(now) == {}


def test_while_a_bank_disputes_neither_happens(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now, size=2)
    placed = order(shop, asked_for(shop, of), now, "guest:h")
    payment = begin(till, placed.order_id, now)
    pay(payment, now)
    group = group_of(shop, placed.order_id)
    asked = Fact(
        kind="disputed", provider="sandbox", account_id=payment.account_id, our_ref=payment.number, channel_ref="D1",
        amount=payment.amount, happened_at=now, source="callback",
    )  # fmt: skip
    account = Account.objects.get(shop_id=till.shop_id, id=payment.account_id)
    apply_dispute(shop_id=till.shop_id, account=account, fact=asked, now=now)
    end_group(shop_id=shop.demo.shop_id, group_id=group, now=after(now))
    relay_all(now)
    assert (state_of(shop, placed.order_id), place_state(shop, placed.order_id)) == ("paid", "lost")
    assert {name for name in broken(now) if "group" in name} == set()


def test_the_last_payment_races_the_end(shop: Shop, till: Till, now: datetime) -> None:
    of = campaign(shop, now, size=2)
    end, rounds = after(now), 3
    heads, groups, begun = [], [], []
    for n in range(rounds):
        group, head = start(shop, till, of, now, f"guest:h{n}")
        placed = order(shop, asked_for(shop, of, group), now, f"guest:b{n}")
        heads.append(head)
        groups.append(group)
        begun.append(begin(till, placed.order_id, now))
        assert pay_trade(shop_id=shop.demo.shop_id, number=begun[-1].number, now=now)

    def act(index: int) -> object:
        n, way = divmod(index, 3)
        if way == 0:
            return end_group(shop_id=shop.demo.shop_id, group_id=groups[n], now=end)
        if way == 1:
            # It left the buyer in time, and is known when the time is over.
            return apply_payment_fact(shop_id=shop.demo.shop_id, fact=fact(begun[n], now), now=end)
        return refund_order(shop_id=shop.demo.shop_id, order_id=heads[n], reason="r", actor=f"guest:h{n}", now=end)

    together(act, 3 * rounds)
    refund_all(end)
    for n in range(rounds):
        other = begun[n].source_id
        formed = group_row(groups[n])[0] == "formed"
        # The head asks for the money back, which is had before the group formed, or after it was delivered.
        assert state_of(shop, other) == ("delivered" if formed else "refunded")
        assert state_of(shop, heads[n]) in (("delivered", "refunded") if formed else ("refunded",))
    assert {name for name in broken(end) if "group" in name or "place" in name or "hold" in name} == set()
