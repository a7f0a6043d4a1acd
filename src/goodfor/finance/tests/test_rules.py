"""The rules, without a database: what is whose, what comes back, in any order, to the fen."""

import os
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.finance.rules import delivered, fees, refunded, shares
from goodfor.finance.rules.facts import LineFacts, Moved, ShareFacts, Terms, Volume
from goodfor.finance.rules.vat import included, part_of
from goodfor.finance.tests.sequences import AT, MONTH, ORDER, pact, play
from goodfor.finance.types import Terms as Shared
from goodfor.finance.types import Tier
from goodfor.ledger.types import Entry


def terms(model: str = "principal", rate: int = 0, supplier: str = "", spent: int = 0) -> Terms:
    return Terms(supplier, None, model, "platform", rate, spent)


def line(gross: int, cost: int, *origins: tuple[Terms, int], quantity: int = 1, number: int = 1) -> LineFacts:
    made = [delivered.Origin(one, units) for one, units in origins]
    parts = delivered.parts_of(quantity=quantity, gross=gross, cost=cost, discount=0, origins=made)
    return LineFacts(UUID(int=number), UUID(int=50), None, parts)


def moves(entry: Entry | None) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in entry.lines if entry else ():
        sums[one.account] = sums.get(one.account, 0) + one.amount_minor
    return {account: amount for account, amount in sums.items() if amount}


@pytest.mark.parametrize(
    ("amount", "bp", "tax"),
    [(10_000, 600, 566), (4850, 1300, 558), (0, 600, 0), (1, 1300, 0), (318, 600, 18), (5, 0, 0)],
)
def test_vat_in_a_price(amount: int, bp: int, tax: int) -> None:
    assert included(amount, bp) == tax


def test_a_share_is_rounded_half_up() -> None:
    assert [part_of(1, 5000), part_of(1, 4999), part_of(3333, 1000)] == [1, 0, 333]


def test_the_principal_of_the_reference() -> None:
    entry = delivered.entry_of(order_id=ORDER, lines=[line(10_000, 8000, (terms(rate=600), 1))], at=AT)
    assert moves(entry) == {"5001:sales:codes": 566, "2221:vat:output": -566}
    assert entry is not None
    assert (entry.reference, entry.kind) == (f"fin:deliver:{ORDER}", "finance.delivered")
    assert entry.metadata == {"rule": "delivered", "version": 1}


def test_the_agent_of_the_reference() -> None:
    entry = delivered.entry_of(order_id=ORDER, lines=[line(10_000, 8000, (terms("agent", 600), 1))], at=AT)
    assert moves(entry) == {
        "5001:sales:codes": 10_000, "5401:cogs:codes": -8000, "5001:fee:agency": -1887, "2221:vat:output": -113,
    }  # fmt: skip


def test_an_agent_below_cost_keeps_the_loss() -> None:
    entry = delivered.entry_of(order_id=ORDER, lines=[line(100, 250, (terms("agent", 600), 1))], at=AT)
    assert moves(entry) == {"5001:sales:codes": 100, "5401:cogs:codes": -100}


def test_input_vat_leaves_the_cost() -> None:
    entry = delivered.entry_of(order_id=ORDER, lines=[line(100, 113, (terms(spent=1300), 1))], at=AT)
    assert moves(entry) == {"2221:vat:input": 13, "5401:cogs:codes": -13}


def test_nothing_to_tell_apart_books_nothing() -> None:
    assert delivered.entry_of(order_id=ORDER, lines=[line(100, 50, (terms(), 1))], at=AT) is None


def test_parts_of_two_suppliers_add_up() -> None:
    made = line(9990, 1000, (terms(supplier="a"), 1), (terms("agent", 600, "b"), 2), quantity=3)
    assert [(p.terms.supplier_code, p.quantity, p.gross, p.cost) for p in made.parts] == [
        ("a", 1, 3330, 333), ("b", 2, 6660, 667),
    ]  # fmt: skip
    more = line(10, 0, (terms(supplier="old"), 1), (terms(supplier="new"), 1), quantity=1)
    assert [(p.terms.supplier_code, p.gross) for p in more.parts] == [("old", 10)]


def test_the_refund_vector_of_the_reference() -> None:
    """Shares 8000/1482/200/300/18 of 100.00; refunds of 33.33, 33.33 and 33.34."""
    found = [
        ShareFacts(UUID(int=n), f"a{n}", 1, UUID(int=n), f"2206:distributor:p{n}", n, 10_000, amount)
        for n, amount in enumerate((8000, 1482, 200, 300, 18))
    ]
    sold, steps = line(10_000, 0, (terms(), 1)), []
    for amount in (3333, 3333, 3334):
        after = shares.give_back(sold, found, amount)
        steps.append([now.reversed - was.reversed for was, now in zip(found, after, strict=True)])
        sold, found = refunded.give_back(sold, amount), after
    assert steps == [[2666, 494, 67, 100, 6], [2667, 494, 66, 100, 6], [2667, 494, 67, 100, 6]]


def test_a_refund_of_an_agent_takes_back_fee_and_tax_only() -> None:
    sold = line(10_000, 8000, (terms("agent", 600), 1))
    moved = Moved(1, f"refund:{UUID(int=3)}", 4000, AT)
    after = refunded.give_back(sold, 4000)
    entry = refunded.entry_of(order_id=ORDER, moved=moved, before={sold.line_id: sold}, after=[after])
    assert moves(entry) == {
        "5001:sales:codes": -4000, "5401:cogs:codes": 3200, "5001:fee:agency": 755, "2221:vat:output": 45,
    }  # fmt: skip


def test_a_claim_takes_from_its_own_line_first() -> None:
    one, two = line(100, 0, (terms(), 1)), line(300, 0, (terms(), 1), number=2)
    assert refunded.by_line([one, two], 100, one.line_id) == {one.line_id: 100}
    assert refunded.by_line([one, two], 120, one.line_id) == {one.line_id: 100, two.line_id: 20}
    assert refunded.by_line([one, two], 100, None) == {one.line_id: 25, two.line_id: 75}
    with pytest.raises(ValueError, match="at most"):
        refunded.by_line([one, two], 401, None)


def test_shares_are_served_by_priority_and_never_exceed_the_price() -> None:
    sold = line(1000, 0, (terms(rate=600), 1))
    pacts = [
        pact(1, 1, Shared("percent", bp=9000), priority=2),
        pact(2, 1, Shared("fixed", minor=500), priority=1),
        pact(3, 1, Shared("percent", bp=100), priority=3),
    ]
    found = shares.shares_of(sold, pacts, {}, MONTH)
    assert [(one.agreement_code, one.amount) for one in found] == [("a2", 500), ("a1", 443), ("a3", 0)]
    assert sum(one.amount for one in found) == 1000 - included(1000, 600)
    assert found[1].explained["cut"] == "left"


def test_caps_and_tiers_by_the_month() -> None:
    tiers = Shared("tiers", tiers=(Tier(0, 100), Tier(3, 1000)))
    pacts = [pact(1, 1, tiers), pact(2, 1, Shared("percent", bp=1000), month_cap_minor=250, line_cap_minor=150)]
    volumes: dict[tuple[str, object], Volume] = {}
    got = []
    for _ in range(3):
        sold = line(2000, 0, (terms(), 2), quantity=2)
        got.append([one.amount for one in shares.shares_of(sold, pacts, volumes, MONTH)])  # type: ignore[arg-type]
    assert got == [[20, 150], [20, 100], [200, 0]]
    assert volumes["a1", MONTH] == Volume(6, 6000, 240)
    assert volumes["a2", MONTH] == Volume(6, 6000, 250)


def test_a_margin_is_what_is_left_after_goods_and_tax() -> None:
    sold = line(10_000, 8000, (terms(rate=600), 1))
    [got] = shares.shares_of(sold, [pact(1, 1, Shared("percent", bp=5000), base="margin")], {}, MONTH)
    assert (got.base, got.amount) == (10_000 - 8000 - 566, 717)
    loss = line(100, 250, (terms(), 1))
    [got] = shares.shares_of(loss, [pact(1, 1, Shared("percent", bp=5000), base="margin")], {}, MONTH)
    assert (got.base, got.amount) == (0, 0)


def test_an_agreement_about_a_supplier_counts_its_part_only() -> None:
    sold = line(900, 0, (terms(supplier="a"), 1), (terms(supplier="b"), 2), quantity=3)
    only = pact(1, 1, Shared("percent", bp=1000), scope="supplier", scope_ref="b")
    other = pact(2, 1, Shared("percent", bp=1000), scope="supplier", scope_ref="c")
    [got] = shares.shares_of(sold, [only, other], {}, MONTH)
    assert (got.base, got.amount) == (600, 60)


def test_versions_the_later_holds_from_its_own_time_on() -> None:
    first, later = pact(1, 1, Shared("percent", bp=1)).agreement, pact(1, 2, Shared("none")).agreement
    assert shares.in_force([first], AT) == first
    assert shares.in_force([first, later], AT) is None


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**63))
def test_split_and_refund_in_any_order_are_exact(seed: int) -> None:
    play(seed)


@pytest.mark.soak
def test_split_and_refund_in_any_order_are_exact_fifty_thousand_times() -> None:
    for seed in range(round(50_000 * float(os.environ.get("GOODFOR_SOAK_SCALE", "1")))):
        play(seed)


exact = st.decimals(min_value=Decimal("-9.99999"), max_value=Decimal("9.99999"), places=5)


@settings(max_examples=300, deadline=None)
@given(st.lists(exact, max_size=40))
def test_fees_of_a_bill_add_up_to_its_rounded_sum(kept: list[Decimal]) -> None:
    parts = fees.rounded(kept, 2)
    total = sum(kept, Decimal(0)) * 100
    assert abs(Decimal(sum(parts)) - total) <= Decimal("0.5")
    assert all(abs(part - one * 100) < 1 for part, one in zip(parts, kept, strict=True))


def test_fees_are_rounded_by_largest_remainder() -> None:
    assert fees.rounded([Decimal("0.00333")] * 3, 2) == [1, 0, 0]
    assert fees.rounded([Decimal("-0.00570"), Decimal("0.57000")], 2) == [-1, 57]
    assert fees.estimated(9500, 6000) == 57


def test_a_fee_is_borne_by_whoever_said_so() -> None:
    entry = fees.entry_of(
        bill_id=UUID(int=9), line=4, amount=57, provider="wechat", account_code="m1", order_id=ORDER, at=AT,
        borne=[("", 100), ("2202:supplier:a:t1:accrued", 200)],
    )  # fmt: skip
    assert moves(entry) == {
        "6603:channelfee:wechat": 19, "2202:supplier:a:t1:accrued": 38, "1012:channel:wechat:m1:pending": -57,
    }  # fmt: skip
    assert entry is not None
    assert entry.reference == f"fee:{UUID(int=9)}:4"
