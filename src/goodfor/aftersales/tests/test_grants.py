"""Money beyond the price: owed once, at most what was promised, paid where it can be at once."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.aftersales import queries, states
from goodfor.aftersales.events import CaseDecided
from goodfor.aftersales.grant_models import Grant, GrantDay
from goodfor.aftersales.models import Decision
from goodfor.aftersales.operations.claim_grant import claim_grant
from goodfor.aftersales.operations.compensate import compensate
from goodfor.aftersales.operations.goodwill import goodwill
from goodfor.aftersales.operations.grant import grant
from goodfor.aftersales.operations.late_delivery import note_late_delivery, took_long
from goodfor.aftersales.operations.pay_by_hand import pay_by_hand
from goodfor.aftersales.operations.set_promise import set_promise
from goodfor.aftersales.term_reads import compensation_of, goodwill_of, owed
from goodfor.aftersales.tests.money_world import (
    TENFOLD,
    account,
    bought_by,
    money_broken,
    proven,
    set_aside,
    terms_of,
)
from goodfor.aftersales.types import Compensation, Terms
from goodfor.identity.tests.buyers import make_buyer
from goodfor.kernel.errors import DomainError
from goodfor.kernel.events import publish
from goodfor.ledger import queries as books
from goodfor.orders import queries as orders
from goodfor.orders.operations import claim_orders, release_delivery
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.conftest import now as now
from goodfor.orders.tests.conftest import shop as shop
from goodfor.orders.tests.factories import Till, begin, booked, buy, open_till, pay, place, relay_all, sql, together
from goodfor.orders.types import HoldOrder

pytestmark = pytest.mark.django_db(transaction=True)
PRICE = 4850


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


def state_of_money() -> list[tuple[object, ...]]:
    return sql(
        "SELECT (SELECT count(*) FROM ledger_tx), (SELECT count(*) FROM aftersales_grant),"
        " (SELECT coalesce(sum(minor), 0) FROM aftersales_grant_day), (SELECT count(*) FROM kernel_event)"
    )


def test_a_buyer_with_an_account_has_it_at_once(shop: Shop, till: Till, now: datetime) -> None:
    """Ten times the price, from the reserve as far as it reaches; once; the order bears every line of it."""
    set_aside(shop, 30_000, now)
    buyer_id = account(shop, now)
    order = bought_by(shop, till, now, buyer_id)
    case_id = proven(order, now)
    given_ = compensate(shop_id=shop.demo.shop_id, case_id=case_id, now=now)
    assert given_ is not None
    assert (given_.kind, given_.amount.amount_minor, given_.state) == (states.COMPENSATION, PRICE * 10, states.PAID)
    assert orders.buyer_balance(shop.demo.shop_id, buyer_id, "CNY").amount_minor == PRICE * 10
    assert (booked(shop, "2801:reserve:main"), booked(shop, "2205:compensation")) == (0, 0)
    own = [p for p in books.postings_of_order(shop.demo.shop_id, order.id) if p.reference.startswith("comp")]
    assert sum(p.amount_minor for p in own) == 0
    assert {p.account: p.amount_minor for p in own if p.account.startswith(("2801", "6711"))} == {
        "2801:reserve:main": 30_000, "6711:compensation": PRICE * 10 - 30_000,
    }  # fmt: skip
    assert {p.order_line_id for p in own} == {order.lines[0].line_id}
    before = state_of_money()
    again = compensate(shop_id=shop.demo.shop_id, case_id=case_id, now=now + timedelta(days=3))
    assert again == given_
    assert state_of_money() == before
    assert money_broken(now) == {}


def test_a_guest_is_owed_until_the_order_is_in_an_account(shop: Shop, till: Till, now: datetime) -> None:
    order = bought_by(shop, till, now)
    given_ = compensate(shop_id=shop.demo.shop_id, case_id=proven(order, now), now=now)
    assert given_ is not None
    assert given_.state == states.OWED
    assert booked(shop, "2205:compensation") == PRICE * 10
    assert queries.owed_sum(shop.demo.shop_id)[0] == 1
    buyer = make_buyer(shop.demo.shop_id, now)
    claim = {"shop_id": shop.demo.shop_id, "order_id": order.id, "buyer_id": buyer.buyer_id, "actor": "buyer"}
    before = state_of_money()
    with pytest.raises(DomainError) as refused:
        claim_grant(**claim, now=now)
    assert refused.value.code == "grant_not_found"
    assert state_of_money() == before
    claim_orders(shop_id=shop.demo.shop_id, buyer=buyer, order_ids=[order.id], proved_ids=[order.id], now=now)
    results = together(lambda _i: [one.state for one in claim_grant(**claim, now=now)], 8, threads=8)
    assert all(one in (["paid"], "grant_not_found") for one in results)
    assert [one.state for one in claim_grant(**claim, now=now)] == ["paid"]
    assert orders.buyer_balance(shop.demo.shop_id, buyer.buyer_id, "CNY").amount_minor == PRICE * 10
    assert booked(shop, "2205:compensation") == 0
    assert money_broken(now) == {}


def test_a_client_has_it_in_its_wallet(shop: Shop, now: datetime) -> None:
    order = buy(shop, now)
    before = books.balance(shop.demo.shop_id, shop.demo.wallet_account)
    given_ = compensate(shop_id=shop.demo.shop_id, case_id=proven(order, now), now=now)
    assert given_ is not None
    assert given_.state == states.PAID
    assert books.balance(shop.demo.shop_id, shop.demo.wallet_account) == before + PRICE * 10
    assert money_broken(now) == {}


def test_by_hand(shop: Shop, till: Till, now: datetime) -> None:
    """Stays owed though there is an account; a reference pays it, once; another one is refused."""
    order = bought_by(shop, till, now, account(shop, now))
    case_id = proven(order, now, terms=terms_of(replace(TENFOLD, way="hand")))
    given_ = compensate(shop_id=shop.demo.shop_id, case_id=case_id, now=now)
    assert given_ is not None
    assert (given_.state, queries.hand_count(shop.demo.shop_id)) == (states.OWED, 1)
    bank = booked(shop, "1002:bank:manual")
    pay = {"shop_id": shop.demo.shop_id, "grant_id": given_.id, "actor": "staff:1"}
    with pytest.raises(DomainError) as empty:
        pay_by_hand(**pay, reference=" ", now=now)
    assert empty.value.data["field"] == "reference"
    ends = together(lambda i: pay_by_hand(**pay, reference=f"T{i}", now=now).state, 8, threads=8)
    assert sorted(ends) == ["grant_moved"] * 7 + ["paid"]
    row = queries.grants_of_order(shop.demo.shop_id, order.id)[0]
    assert pay_by_hand(**pay, reference=row.reference, now=now).state == "paid"
    assert (booked(shop, "1002:bank:manual"), booked(shop, "2205:compensation")) == (bank - PRICE * 10, 0)
    with pytest.raises(DomainError) as stranger:
        pay_by_hand(**{**pay, "shop_id": UUID(int=1)}, reference="T", now=now)
    assert stranger.value.code == "grant_not_found"
    assert money_broken(now) == {}


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("not proven", {"is_proven": False}),
        ("another reason", {"reason": "changed_mind"}),
        ("no such promise", {"terms": terms_of(Compensation())}),
        ("no promise at all", {"terms": {}}),
        ("nothing a day", {"terms": terms_of(replace(TENFOLD, day_cap_minor=0))}),
        ("the supplier has not admitted it", {"terms": terms_of(replace(TENFOLD, evidence="supplier"))}),
    ],
)
def test_nothing_is_owed(shop: Shop, till: Till, now: datetime, why: str, changes: dict[str, object]) -> None:
    order = bought_by(shop, till, now, account(shop, now))
    case_id = proven(order, now, **changes)  # type: ignore[arg-type]
    before = state_of_money()
    assert compensate(shop_id=shop.demo.shop_id, case_id=case_id, now=now) is None, why
    assert state_of_money() == before


def test_the_suppliers_own_word(shop: Shop, till: Till, now: datetime) -> None:
    order = bought_by(shop, till, now, account(shop, now))
    case_id = proven(order, now, terms=terms_of(replace(TENFOLD, evidence="supplier")))
    Decision.objects.create(
        shop_id=shop.demo.shop_id, case_id=case_id, at=now, by="system", action=states.REFUND, rule="r", why="w",
        policy_version=0, facts={"code_said": "invalid"},
    )  # fmt: skip
    assert compensate(shop_id=shop.demo.shop_id, case_id=case_id, now=now) is not None


@pytest.mark.parametrize(("base", "units", "cap", "owed_minor"), [
    ("price", 1, 10**9, PRICE * 10), ("price", 2, 10**9, PRICE * 20), ("order", 1, 10**9, PRICE * 30),
    ("price", 2, 70_000, 70_000),
])  # fmt: skip
def test_base_and_cap_of_a_claim(
    shop: Shop, till: Till, now: datetime, base: str, units: int, cap: int, owed_minor: int
) -> None:
    order = bought_by(shop, till, now, account(shop, now), quantity=3)
    terms = terms_of(replace(TENFOLD, base=base, claim_cap_minor=cap))  # type: ignore[arg-type]
    given_ = compensate(shop_id=shop.demo.shop_id, case_id=proven(order, now, units=units, terms=terms), now=now)
    assert given_ is not None
    assert given_.amount.amount_minor == owed_minor


def test_the_cap_of_a_day_holds_for_twenty_at_once(shop: Shop, now: datetime) -> None:
    """Each would have 48,500; the day has 300,000: six and a bit, and nobody more; tomorrow is another day."""
    set_aside(shop, 100_000, now)
    terms = terms_of(replace(TENFOLD, day_cap_minor=300_000))
    cases = [proven(buy(shop, now), now, terms=terms) for _ in range(20)]
    results = together(
        lambda i: compensate(shop_id=shop.demo.shop_id, case_id=cases[i], now=now), len(cases), threads=20
    )
    amounts = sorted(one.amount.amount_minor for one in results if one is not None)
    assert amounts == [300_000 - 6 * PRICE * 10, *[PRICE * 10] * 6]
    assert GrantDay.objects.get(shop_id=shop.demo.shop_id).minor == 300_000
    assert booked(shop, "2801:reserve:main") == 0
    rows = Grant.objects.filter(shop_id=shop.demo.shop_id)
    assert sum(row.reserve_minor for row in rows) == 100_000
    assert money_broken(now) == {}


def test_one_case_twenty_times_at_once(shop: Shop, till: Till, now: datetime) -> None:
    set_aside(shop, 100_000, now)
    buyer_id = account(shop, now)
    case_id = proven(bought_by(shop, till, now, buyer_id), now)
    results = together(lambda _i: compensate(shop_id=shop.demo.shop_id, case_id=case_id, now=now), 20, threads=20)
    assert {one.id for one in results} == {Grant.objects.get(shop_id=shop.demo.shop_id).id}
    assert orders.buyer_balance(shop.demo.shop_id, buyer_id, "CNY").amount_minor == PRICE * 10
    assert GrantDay.objects.get(shop_id=shop.demo.shop_id).minor == PRICE * 10
    assert booked(shop, "2801:reserve:main") == 100_000 - PRICE * 10
    assert money_broken(now) == {}


def test_goodwill_after_a_missed_deadline(shop: Shop, till: Till, now: datetime) -> None:
    """Each kind once; expense, never the reserve's; an order without a case can have one, too."""
    set_aside(shop, 100_000, now)
    buyer_id = account(shop, now)
    order = bought_by(shop, till, now, buyer_id)
    case_id = proven(order, now, terms=terms_of(goodwill_answer_minor=200, goodwill_decision_minor=300))
    for kind, amount in ((states.GOODWILL_ANSWER, 200), (states.GOODWILL_DECISION, 300)):
        results = together(
            lambda _i, kind=kind: goodwill(shop_id=shop.demo.shop_id, case_id=case_id, kind=kind, now=now), 6, threads=6
        )
        assert {one.amount.amount_minor for one in results} == {amount}
        assert len({one.id for one in results}) == 1
    for _ in range(2):
        late = grant(
            shop_id=shop.demo.shop_id, case_id=None, order_id=order.id, line_id=None, kind=states.GOODWILL_DELIVERY,
            amount_minor=100, currency="CNY", way="wallet", reason="late_delivery", now=now,
        )  # fmt: skip
        assert late is not None
    assert orders.buyer_balance(shop.demo.shop_id, buyer_id, "CNY").amount_minor == 600
    assert len(queries.grants_of_order(shop.demo.shop_id, order.id)) == 3
    assert booked(shop, "2801:reserve:main") == 100_000
    assert money_broken(now) == {}


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        (
            "UPDATE aftersales_grant SET amount_minor = amount_minor + 1",
            {"grants_are_booked", "compensation_days_keep_their_cap"},
        ),
        ("UPDATE aftersales_grant_day SET minor = minor - 1", {"compensation_days_keep_their_cap"}),
        ("UPDATE aftersales_grant SET reserve_minor = reserve_minor - 1", {"reserve_adds_up"}),
        ("UPDATE aftersales_reserve_day SET accrued_minor = accrued_minor + 1", {"reserve_adds_up"}),
        (
            "UPDATE aftersales_grant SET state = 'paid', paid_at = made_at, paid_by = 'x', account = 'y'",
            {"grants_are_booked", "grants_moved_as_allowed"},
        ),
    ],
)
def test_a_planted_violation_is_found(shop: Shop, till: Till, now: datetime, statement: str, names: set[str]) -> None:
    set_aside(shop, 10_000, now)
    order = bought_by(shop, till, now)
    assert compensate(shop_id=shop.demo.shop_id, case_id=proven(order, now), now=now) is not None
    assert money_broken(now) == {}
    sql(statement)
    assert set(money_broken(now)) == names


@given(base=st.integers(0, 10**9), multiple=st.integers(-1, 100), cap=st.integers(0, 10**9), asked=st.booleans())
@settings(max_examples=300, deadline=None)
def test_never_more_than_promised(base: int, multiple: int, cap: int, asked: bool) -> None:
    terms = Compensation(multiple=multiple, claim_cap_minor=cap, day_cap_minor=cap)
    amount = owed(terms, "invalid" if asked else "changed_mind", base)
    assert 0 <= amount <= min(cap, base * max(multiple, 0))
    assert not amount or asked
    assert compensation_of({"compensation": {"multiple": multiple}}).multiple == multiple
    assert goodwill_of(Terms(goodwill_answer_minor=cap), states.GOODWILL_ANSWER) == cap


def promise(shop: Shop, now: datetime, **terms: object) -> None:
    placed_long_after = now - timedelta(hours=1)
    set_promise(
        shop_id=shop.demo.shop_id, scope="shop", scope_id=None, terms=Terms(**terms),  # type: ignore[arg-type]
        actor="staff:1", now=placed_long_after,
    )  # fmt: skip


def test_an_order_that_came_late(shop: Shop, till: Till, now: datetime) -> None:
    """What came in time costs nothing, what came late its goodwill, once, told by the event of its delivery."""
    promise(shop, now, delivery_seconds=60, goodwill_delivery_minor=150)
    buyer_id = account(shop, now)
    quick, slow = bought_by(shop, till, now, buyer_id), bought_by(shop, till, now, buyer_id)
    sql("UPDATE orders_order SET paid_at = paid_at - interval '60 seconds' WHERE id = %s", [quick.id])
    sql("UPDATE orders_order SET paid_at = paid_at - interval '61 seconds' WHERE id = %s", [slow.id])
    relay_all(now)
    assert queries.grants_of_order(shop.demo.shop_id, quick.id) == []
    (one,) = queries.grants_of_order(shop.demo.shop_id, slow.id)
    assert (one.kind, one.amount.amount_minor, one.state) == (states.GOODWILL_DELIVERY, 150, states.PAID)
    told = sql("SELECT payload ->> 'number' FROM kernel_event WHERE name = 'aftersales.deadline_missed'")
    assert told == [(slow.number,)]
    before = state_of_money()
    results = together(
        lambda _i: note_late_delivery(shop_id=shop.demo.shop_id, order_id=slow.id, now=now), 4, threads=4
    )
    assert {found.id for found in results} == {one.id}
    assert state_of_money() == before
    assert orders.buyer_balance(shop.demo.shop_id, buyer_id, "CNY").amount_minor == 150
    assert money_broken(now) == {}


def test_what_was_held_is_late_only_after_its_release(shop: Shop, till: Till, now: datetime) -> None:
    """Its buyer was told that it is looked at first; waiting for a supplier after that counts."""
    promise(shop, now, delivery_seconds=60, goodwill_delivery_minor=150)
    placed = place(shop, now, hold=HoldOrder(None, timedelta(hours=1)))
    pay(begin(till, placed.order_id, now), now)
    later = now + timedelta(minutes=50)
    release_delivery(shop_id=shop.demo.shop_id, order_id=placed.order_id, actor="staff:1", cause="staff", now=later)
    relay_all(later)
    assert took_long(shop.demo.shop_id, placed.order_id) is False
    assert note_late_delivery(shop_id=shop.demo.shop_id, order_id=placed.order_id, now=later) is None
    assert queries.grants_of_order(shop.demo.shop_id, placed.order_id) == []
    after = later + timedelta(seconds=61)
    sql("UPDATE orders_order SET delivered_at = %s WHERE id = %s", [after, placed.order_id])
    assert took_long(shop.demo.shop_id, placed.order_id) is True
    found = note_late_delivery(shop_id=shop.demo.shop_id, order_id=placed.order_id, now=after)
    assert found is not None
    assert found.amount.amount_minor == 150


def test_a_late_order_without_goodwill_is_told(shop: Shop, till: Till, now: datetime) -> None:
    order = bought_by(shop, till, now)
    sql("UPDATE orders_order SET paid_at = paid_at - interval '1 hour' WHERE id = %s", [order.id])
    relay_all(now)
    assert queries.grants_of_order(shop.demo.shop_id, order.id) == []
    assert sql("SELECT count(*) FROM kernel_event WHERE name = 'aftersales.deadline_missed'") == [(1,)]


def test_a_decision_that_proves_it_pays(shop: Shop, till: Till, now: datetime) -> None:
    """The event leads to the compensation; one that proves nothing to none."""
    order = bought_by(shop, till, now, account(shop, now))
    case_id = proven(order, now)
    line = order.lines[0]
    for is_proven in (False, True):
        event = CaseDecided(
            case_id, order.id, order.number, line.line_id, line.sku_id, states.REFUND, "r", "w", True, is_proven, 1
        )
        publish(shop_id=shop.demo.shop_id, event=event, now=now)
        relay_all(now)
        assert len(queries.grants_of_case(shop.demo.shop_id, case_id)) == int(is_proven)
    assert money_broken(now) == {}
