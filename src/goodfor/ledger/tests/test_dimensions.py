"""What postings belong to, and the version of the rule that made them."""

from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries
from goodfor.ledger.errors import IdempotencyMismatch
from goodfor.ledger.operations import hold, post, reverse, settle_hold, void_hold
from goodfor.ledger.payload import Draft, payload_hash
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, SALES, audit, counts, entry, put, sql, wallet
from goodfor.ledger.types import Entry, Line

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")
DIMENSIONS = ("order_id", "order_line_id", "sku_id", "supplier_id", "party_id", "brand_id", "campaign_id")


def full(account: str, amount: int) -> Line:
    return Line(account, amount, *(uuid4() for _ in DIMENSIONS), channel="wechat")


def stored(tx: int) -> list[tuple[Any, ...]]:
    return sql(
        f"SELECT a.code, p.amount_minor, {', '.join('p.' + d for d in DIMENSIONS)}, p.channel FROM ledger_posting p "
        "JOIN ledger_account a ON a.id = p.account_id WHERE p.tx_id = %s ORDER BY p.seq",
        [tx],
    )


def as_stored(line: Line) -> tuple[Any, ...]:
    return (line.account, line.amount_minor, *(getattr(line, d) for d in DIMENSIONS), line.channel or None)


def test_each_line_keeps_what_it_belongs_to() -> None:
    first, second = full(BANK, 5), Line(ORDER, -5, party_id=uuid4())
    third, fourth = Line(BANK, 7), Line(SALES, -7, channel="alipay", campaign_id=uuid4())
    ids = post(
        shop_id=SHOP, currency="CNY", now=NOW,
        entries=[
            Entry("r:1", "split", (first, second), NOW, rule_version=3), Entry("r:2", "split", (third, fourth), NOW),
        ],
    )  # fmt: skip
    assert [stored(tx) for tx in ids] == [
        [as_stored(first), as_stored(second)], [as_stored(third), as_stored(fourth)],
    ]  # fmt: skip
    assert sql("SELECT rule_version, adjustment FROM ledger_tx ORDER BY id") == [(3, False), (1, False)]
    view = queries.transaction(SHOP, ids[0])
    assert (view.rule_version, view.adjustment) == (3, False)
    assert [(x.supplier_id, x.party_id, x.brand_id, x.campaign_id, x.channel) for x in view.lines] == [
        (first.supplier_id, first.party_id, first.brand_id, first.campaign_id, "wechat"),
        (None, second.party_id, None, None, ""),
    ]
    assert audit() == {}


def test_a_reversal_and_a_hold_bear_the_same() -> None:
    code = wallet(SHOP, 100)
    lines = (full(code, 5), full(ORDER, -5))
    (tx,) = post(shop_id=SHOP, currency="CNY", entries=[Entry("r:1", "x", lines, NOW, rule_version=2)], now=NOW)
    back = reverse(shop_id=SHOP, tx_id=tx, reference="v:1", now=NOW)
    assert stored(back) == [as_stored(replace(x, amount_minor=-x.amount_minor)) for x in lines]
    for number, end in enumerate(("settle", "void")):
        held = hold(shop_id=SHOP, currency="CNY", entry=Entry(f"h:{number}", "x", lines, NOW, rule_version=2), now=NOW)
        assert stored(held) == [as_stored(x) for x in lines]
        if end == "settle":
            done = settle_hold(shop_id=SHOP, hold_tx=held, reference="s:0", now=NOW)
            assert stored(done)[:2] == [as_stored(x) for x in lines]
        else:
            void_hold(shop_id=SHOP, hold_tx=held, reference="s:1", now=NOW)
    assert {row[0] for row in sql("SELECT rule_version FROM ledger_tx WHERE reference NOT LIKE 'fund:%'")} == {2}
    assert audit() == {}


def test_many_lines_with_and_without() -> None:
    lines = [
        Line(BANK, 2, **({DIMENSIONS[n % 7]: uuid4()} if n % 3 else {}), channel="c" * (n % 4)) for n in range(400)
    ]
    (tx,) = post(shop_id=SHOP, currency="CNY", entries=[Entry("r:1", "x", (*lines, Line(ORDER, -800)), NOW)], now=NOW)
    assert stored(tx) == [as_stored(x) for x in (*lines, Line(ORDER, -800))]


@pytest.mark.parametrize("change", [*DIMENSIONS, "channel"])
def test_another_dimension_is_another_payload(change: str) -> None:
    line = full(BANK, 5)
    (tx,) = post(shop_id=SHOP, currency="CNY", entries=[Entry("r:1", "x", (line, Line(ORDER, -5)), NOW)], now=NOW)
    before = counts()
    assert post(
        shop_id=SHOP, currency="CNY", entries=[Entry("r:1", "x", (line, Line(ORDER, -5)), NOW, rule_version=9)], now=NOW
    ) == [tx]
    for other in (uuid4(), None) if change != "channel" else ("other", ""):
        changed = replace(line, **{change: other})
        with pytest.raises(IdempotencyMismatch):
            post(shop_id=SHOP, currency="CNY", entries=[Entry("r:1", "x", (changed, Line(ORDER, -5)), NOW)], now=NOW)
    assert counts() == before


def test_the_hash_of_what_could_be_said_before_stays() -> None:
    order = uuid4()
    plain = Entry("r:1", "test", (Line(BANK, 9, order), Line(ORDER, -9, order)), NOW, ("order", order))
    text = "\n".join([
        "CNY", "test", "order", str(order), "None", "None",
        f"0|{BANK}|9|{order}|NULL|NULL", f"0|{ORDER}|-9|{order}|NULL|NULL",
    ])  # fmt: skip
    assert payload_hash("CNY", Draft(plain)) == sha256(text.encode()).digest()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rule_version": 0},
        {"rule_version": 2**15},
        {"adjustment": True},
        {"adjustment": True, "metadata": {"reason": ""}},
        {"lines": (Line(BANK, 1, channel="a b"), Line(ORDER, -1))},
        {"lines": (Line(BANK, 1, channel="c" * 49), Line(ORDER, -1))},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    before = counts()
    with pytest.raises(InvalidInput):
        put(SHOP, replace(entry("r:1", (BANK, 1), (ORDER, -1)), **wrong))
    assert counts() == before
