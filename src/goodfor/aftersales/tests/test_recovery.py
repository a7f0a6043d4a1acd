"""What suppliers make good: asked once, settled to the fen, never the same money twice."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.aftersales import queries, states
from goodfor.aftersales.grant_models import Recovery
from goodfor.aftersales.operations.compensate import compensate
from goodfor.aftersales.operations.recover import recover
from goodfor.aftersales.operations.recovery_sheet import recovery_sheet
from goodfor.aftersales.operations.send_recovery import send_recoveries
from goodfor.aftersales.operations.set_recourse import set_recourse
from goodfor.aftersales.operations.settle_recovery import settle_recovery, write_off_recovery
from goodfor.aftersales.origins import still_lost
from goodfor.aftersales.tests.money_world import bought_by, came_from, money_broken, proven, supplier
from goodfor.kernel.errors import DomainError
from goodfor.kernel.events import publish
from goodfor.ledger import queries as books
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.conftest import now as now
from goodfor.orders.tests.conftest import shop as shop
from goodfor.orders.tests.factories import Till, booked, open_till, relay_all, sql, together
from goodfor.orders.types import OrderView
from goodfor.supply.events import ComplaintEnded
from goodfor.supply.purchase_models import Attempt
from goodfor.vault import queries as vault

pytestmark = pytest.mark.django_db(transaction=True)
CLAIM = "1221:supplier:kss:claim"


@pytest.fixture
def till(shop: Shop, now: datetime) -> Till:
    return open_till(shop.demo.shop_id, now)


@pytest.fixture
def bad(shop: Shop, till: Till, now: datetime) -> tuple[OrderView, UUID, UUID]:
    """An order of two codes at 8.00 from a supplier, both bad: order, case, supplier."""
    order = bought_by(shop, till, now, quantity=2)
    supplier_id = supplier(shop, now)
    came_from(order, supplier_id, now, cost="16.00", got=2)
    return order, proven(order, now, units=2), supplier_id


def made(shop: Shop, case_id: UUID, now: datetime) -> UUID:
    (one,) = recover(shop_id=shop.demo.shop_id, case_id=case_id, now=now)
    return one.id


def settle(
    shop: Shop, recovery_id: UUID, amount: int, now: datetime, into: str = "bank", key: UUID | None = None
) -> str:
    return settle_recovery(
        shop_id=shop.demo.shop_id, recovery_id=recovery_id, amount_minor=amount, into=into, reference="T1",
        key=key or uuid4(), actor="staff:1", now=now,
    ).state  # fmt: skip


def test_the_cost_of_bad_codes_is_asked_for_once(shop: Shop, bad: tuple[OrderView, UUID, UUID], now: datetime) -> None:
    order, case_id, supplier_id = bad
    results = together(lambda _i: recover(shop_id=shop.demo.shop_id, case_id=case_id, now=now), 12, threads=12)
    assert {tuple(one.id for one in found) for found in results} == {
        tuple(Recovery.objects.filter(shop_id=shop.demo.shop_id).values_list("id", flat=True))
    }
    (one,) = results[0]
    assert (one.supplier_id, one.amount.amount_minor, one.units, one.state) == (supplier_id, 1600, 2, states.DUE)
    assert (booked(shop, CLAIM), booked(shop, "6711:recovery")) == (1600, 1600)
    own = [p for p in books.postings_of_order(shop.demo.shop_id, order.id) if p.reference.startswith("comprec")]
    assert {p.account: p.amount_minor for p in own} == {CLAIM: 1600, "6711:recovery": -1600}
    assert money_broken(now) == {}


def test_a_contract_that_passes_on_the_compensation(
    shop: Shop, bad: tuple[OrderView, UUID, UUID], now: datetime
) -> None:
    _order, case_id, supplier_id = bad
    given_ = compensate(shop_id=shop.demo.shop_id, case_id=case_id, now=now)
    assert given_ is not None
    set_recourse(
        shop_id=shop.demo.shop_id, supplier_id=supplier_id, cost=True, compensation_points=3333, actor="t", now=now
    )
    made(shop, case_id, now)
    row = Recovery.objects.get(shop_id=shop.demo.shop_id)
    assert (row.cost_minor, row.compensation_minor) == (1600, given_.amount.amount_minor * 3333 // 10_000)
    assert queries.recovery_sums(shop.demo.shop_id)[0].compensation_points == 3333
    with pytest.raises(DomainError) as refused:
        set_recourse(
            shop_id=shop.demo.shop_id, supplier_id=supplier_id, cost=True, compensation_points=10_001, actor="t",
            now=now,
        )  # fmt: skip
    assert refused.value.data["field"] == "compensation_points"
    assert money_broken(now) == {}


@pytest.mark.parametrize("what", ["own stock", "not proven", "nothing by contract", "all came back"])
def test_nothing_to_ask_for(shop: Shop, till: Till, now: datetime, what: str) -> None:
    order = bought_by(shop, till, now)
    case_id = proven(order, now, is_proven=what != "not proven")
    if what != "own stock":
        supplier_id = supplier(shop, now)
        bought = came_from(order, supplier_id, now)
        if what == "all came back":
            Attempt.objects.filter(shop_id=shop.demo.shop_id, id=bought.id).update(refunded=Decimal("8.00"))
        if what == "nothing by contract":
            set_recourse(
                shop_id=shop.demo.shop_id, supplier_id=supplier_id, cost=False, compensation_points=10_000, actor="t",
                now=now,
            )  # fmt: skip
    before = sql("SELECT count(*) FROM ledger_tx")
    assert recover(shop_id=shop.demo.shop_id, case_id=case_id, now=now) == []
    assert sql("SELECT count(*) FROM ledger_tx") == before
    assert sql("SELECT count(*) FROM aftersales_recovery") == [(0,)]


def test_what_came_back_already_is_not_asked_for(shop: Shop, bad: tuple[OrderView, UUID, UUID], now: datetime) -> None:
    """A part of the purchase; and codes of an earlier case of the order."""
    order, case_id, _supplier_id = bad
    Attempt.objects.filter(shop_id=shop.demo.shop_id, want__order_id=order.id).update(refunded=Decimal("4.00"))
    (one,) = recover(shop_id=shop.demo.shop_id, case_id=case_id, now=now)
    assert one.amount.amount_minor == 1200
    assert recover(shop_id=shop.demo.shop_id, case_id=proven(order, now), now=now) == []
    assert money_broken(now) == {}


def test_sent_settled_in_parts_and_over(shop: Shop, bad: tuple[OrderView, UUID, UUID], now: datetime) -> None:
    """Parts add up; the same key counts once; too much, after the end and of strangers is refused."""
    _order, case_id, supplier_id = bad
    one = made(shop, case_id, now)
    send = {"shop_id": shop.demo.shop_id, "supplier_id": supplier_id, "actor": "staff:1", "now": now}
    assert send_recoveries(**send, ref="S1") == 1
    assert send_recoveries(**send, ref="S2") == 0
    assert queries.recovery(shop.demo.shop_id, one).ref == "S1"
    key = uuid4()
    assert together(lambda _i: settle(shop, one, 600, now, key=key), 6, threads=6) == ["sent"] * 6
    for amount, field in ((1001, "amount"), (0, "amount"), (-5, "amount")):
        with pytest.raises(DomainError) as refused:
            settle(shop, one, amount, now)
        assert refused.value.data["field"] == field
    ends = together(lambda _i: settle(shop, one, 1000, now), 8, threads=8)
    assert sorted(ends) == ["recovery_moved"] * 7 + ["settled"]
    assert (booked(shop, CLAIM), booked(shop, "6711:recovery")) == (0, 1600)
    assert queries.recovery_sums(shop.demo.shop_id)[0].settled.amount_minor == 1600
    with pytest.raises(DomainError) as stranger:
        settle_recovery(
            shop_id=uuid4(), recovery_id=one, amount_minor=1, into="bank", reference="x", key=uuid4(), actor="s",
            now=now,
        )  # fmt: skip
    assert stranger.value.code == "recovery_not_found"
    assert money_broken(now) == {}


def test_onto_the_account_there(shop: Shop, bad: tuple[OrderView, UUID, UUID], now: datetime) -> None:
    """The supplier credits its account: the prepayment grows, the bank does not, and supply knows of the movement."""
    _order, case_id, supplier_id = bad
    sql("SELECT ledger_open(%s, '1123:supplier:kss:prepaid', 'CNY', true, 0, 1, now())", [shop.demo.shop_id])
    one, bank = made(shop, case_id, now), booked(shop, "1002:bank:manual")
    before = booked(shop, "1123:supplier:kss:prepaid")
    assert settle(shop, one, 1600, now, into="account") == "settled"
    assert booked(shop, "1123:supplier:kss:prepaid") == before + 1600
    assert (booked(shop, "1002:bank:manual"), booked(shop, CLAIM)) == (bank, 0)
    assert sql("SELECT kind, amount FROM supply_movement WHERE supplier_id = %s", [supplier_id]) == [
        ("top_up", Decimal("16.000000"))
    ]
    assert money_broken(now) == {}


def test_money_that_supply_has_seen_counts_once(shop: Shop, bad: tuple[OrderView, UUID, UUID], now: datetime) -> None:
    _order, case_id, _supplier_id = bad
    assert settle(shop, made(shop, case_id, now), 1600, now, into="returned") == "settled"
    # As recovered by the purchase's own refund alone: what the claim had added is taken away again.
    assert (booked(shop, CLAIM), booked(shop, "6711:recovery")) == (0, 0)
    assert money_broken(now) == {}


def test_a_complaint_that_was_upheld_meets_the_claim(
    shop: Shop, bad: tuple[OrderView, UUID, UUID], now: datetime
) -> None:
    """By the event, once; what came beyond the claim is not this case's, and a refusal leaves it open."""
    order, case_id, supplier_id = bad
    one = made(shop, case_id, now)
    attempt = Attempt.objects.get(shop_id=shop.demo.shop_id, want__order_id=order.id)

    def ended(inquiry_id: UUID, outcome: str, amount: int) -> tuple[str, int]:
        event = ComplaintEnded(inquiry_id, case_id, attempt.id, supplier_id, outcome, amount, "CNY")
        publish(shop_id=shop.demo.shop_id, event=event, now=now)
        relay_all(now)
        found = queries.recovery(shop.demo.shop_id, one)
        return found.state, found.settled.amount_minor

    first = uuid4()
    assert ended(uuid4(), "refused", 0) == ("due", 0)
    assert [ended(first, "upheld", 800) for _ in range(2)] == [("due", 800)] * 2
    assert ended(uuid4(), "upheld", 900) == ("settled", 1600)
    assert (booked(shop, CLAIM), booked(shop, "6711:recovery")) == (0, 0)
    assert money_broken(now) == {}


def test_money_of_another_case_of_the_purchase_is_not_taken_off(shop: Shop, till: Till, now: datetime) -> None:
    """Half of a purchase came back for the first case, as the staff noted: the second asks for all of its own."""
    order = bought_by(shop, till, now, quantity=2)
    supplier_id = supplier(shop, now)
    bought = came_from(order, supplier_id, now, cost="16.00", got=2)
    codes = [code.code_id for code in vault.held(shop.demo.shop_id, order.lines[0].line_id)]
    moved = "UPDATE supply_code SET shop_id = %s WHERE code_id = %s"
    sql(moved, [uuid4(), codes[1]])
    first = made(shop, proven(order, now), now)
    Attempt.objects.filter(shop_id=shop.demo.shop_id, id=bought.id).update(refunded=Decimal("8.00"))
    assert settle(shop, first, 800, now, into="returned") == "settled"
    sql(moved, [shop.demo.shop_id, codes[1]])
    (second,) = recover(shop_id=shop.demo.shop_id, case_id=proven(order, now), now=now)
    assert second.amount.amount_minor == 800
    assert money_broken(now) == {}


def test_written_off(shop: Shop, bad: tuple[OrderView, UUID, UUID], now: datetime) -> None:
    _order, case_id, _supplier_id = bad
    one = made(shop, case_id, now)
    settle(shop, one, 100, now)
    off = {"shop_id": shop.demo.shop_id, "recovery_id": one, "actor": "staff:1", "now": now}
    with pytest.raises(DomainError) as refused:
        write_off_recovery(**off, note="")
    assert refused.value.data["field"] == "note"
    assert write_off_recovery(**off, note="gone").state == states.WRITTEN_OFF
    assert (booked(shop, CLAIM), booked(shop, "6711:recovery")) == (0, 100)
    for act in (lambda: write_off_recovery(**off, note="x"), lambda: settle(shop, one, 1, now)):
        with pytest.raises(DomainError) as over:
            act()
        assert over.value.code == "recovery_moved"
    assert money_broken(now) == {}


def test_a_sheet_shows_masked_codes(shop: Shop, bad: tuple[OrderView, UUID, UUID], now: datetime) -> None:
    order, case_id, supplier_id = bad
    one = made(shop, case_id, now)
    settle(shop, one, 1, now)
    lines = recovery_sheet(shop_id=shop.demo.shop_id, supplier_id=supplier_id, actor="staff:1", now=now)
    assert [(line.order, line.amount.amount_minor) for line in lines] == [(order.number, 800), (order.number, 799)]
    secrets = {text for pair in shop.codes for text in pair}
    assert all("****" in line.code and line.code not in secrets for line in lines)
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'vault.codes_masked'") == [(1,)]
    assert (
        len(vault.code_costs(uuid4(), [c.code_id for c in vault.held(shop.demo.shop_id, order.lines[0].line_id)])) == 0
    )


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("UPDATE aftersales_recovery SET amount_minor = amount_minor + 1, cost_minor = cost_minor + 1",
         {"recoveries_are_booked"}),
        ("UPDATE aftersales_recovery SET settled_minor = 1", {"recoveries_are_booked"}),
        ("UPDATE aftersales_recovery SET code_ids = code_ids || code_ids", {"codes_are_recovered_once"}),
        ("UPDATE aftersales_recovery SET state = 'sent'", {"recoveries_moved_as_allowed"}),
    ],
)  # fmt: skip
def test_a_planted_violation_is_found(
    shop: Shop, bad: tuple[OrderView, UUID, UUID], now: datetime, statement: str, names: set[str]
) -> None:
    made(shop, bad[1], now)
    assert money_broken(now) == {}
    sql(statement)
    assert set(money_broken(now)) == names


@given(
    cost=st.integers(0, 10**9),
    charged=st.integers(0, 10**9),
    back=st.lists(st.integers(-5, 2 * 10**9), max_size=5),
)
@settings(max_examples=200, deadline=None)
def test_the_more_came_back_the_less_is_asked_for(cost: int, charged: int, back: list[int]) -> None:
    """Never more than the cost nor less than nothing, and nothing once all of it is back."""
    asked = [cost]
    for returned in sorted(back):
        asked.append(still_lost(cost, charged, returned))
        assert 0 <= asked[-1] <= cost
        assert charged <= 0 or returned < charged or asked[-1] == 0
    assert asked == sorted(asked, reverse=True)
