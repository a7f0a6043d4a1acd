"""Holds: hold, settle, void."""

from datetime import timedelta
from uuid import UUID

import pytest

from goodfor.ledger import queries
from goodfor.ledger.errors import AlreadySettled, InsufficientFunds, NotAHold, TxNotFound
from goodfor.ledger.operations import hold, reverse, settle_hold, void_hold
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, SALES, audit, counts, entry, put, together, wallet
from goodfor.ledger.types import Line

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")


def held(code: str, amount: int, reference: str = "hold:1") -> int:
    return hold(shop_id=SHOP, currency="CNY", entry=entry(reference, (code, amount), (ORDER, -amount)), now=NOW)


@pytest.mark.parametrize("slices", [1, 4])
def test_a_hold_lowers_what_is_available_and_settles_in_part(slices: int) -> None:
    code = wallet(SHOP, 100, slices=slices)
    tx = held(code, 80)
    assert held(code, 80) == tx
    assert (queries.balance(SHOP, code), queries.available(SHOP, code)) == (100, 20)
    with pytest.raises(InsufficientFunds):
        put(SHOP, entry("r:1", (code, 21), (ORDER, -21)))
    settled = settle_hold(
        shop_id=SHOP, hold_tx=tx, reference="settle:1", now=NOW, lines=[Line(code, 70), Line(SALES, -70)]
    )
    assert (queries.balance(SHOP, code), queries.available(SHOP, code)) == (30, 30)
    assert queries.balance(SHOP, SALES) == 70
    again = settle_hold(
        shop_id=SHOP, hold_tx=tx, reference="settle:1", now=NOW, lines=[Line(code, 70), Line(SALES, -70)]
    )
    assert again == settled
    reverse(shop_id=SHOP, tx_id=settled, reference="rev:1", now=NOW)
    assert queries.balance(SHOP, code) == 100
    assert audit() == {}


def test_a_hold_settles_in_full_by_default() -> None:
    code = wallet(SHOP, 100)
    settle_hold(shop_id=SHOP, hold_tx=held(code, 80), reference="settle:1", now=NOW)
    assert (queries.balance(SHOP, code), queries.available(SHOP, code), queries.balance(SHOP, ORDER)) == (20, 20, 80)
    assert audit() == {}


def test_a_void_frees_everything() -> None:
    code = wallet(SHOP, 100)
    tx = held(code, 80)
    voided = void_hold(shop_id=SHOP, hold_tx=tx, reference="void:1", now=NOW)
    assert void_hold(shop_id=SHOP, hold_tx=tx, reference="void:1", now=NOW) == voided
    assert (queries.balance(SHOP, code), queries.available(SHOP, code)) == (100, 100)
    before = counts()
    with pytest.raises(AlreadySettled):
        settle_hold(shop_id=SHOP, hold_tx=tx, reference="settle:1", now=NOW)
    assert counts() == before
    assert audit() == {}


def test_what_is_not_a_hold_cannot_be_settled() -> None:
    code = wallet(SHOP, 100)
    (plain,) = put(SHOP, entry("r:1", (code, 10), (ORDER, -10)))
    tx = held(code, 10)
    settled = settle_hold(shop_id=SHOP, hold_tx=tx, reference="settle:1", now=NOW)
    before = counts()
    for other in (plain, settled):
        with pytest.raises(NotAHold):
            settle_hold(shop_id=SHOP, hold_tx=other, reference="x", now=NOW)
    with pytest.raises(NotAHold):
        reverse(shop_id=SHOP, tx_id=tx, reference="x", now=NOW)
    with pytest.raises(TxNotFound):
        void_hold(shop_id=SHOP, hold_tx=10**9, reference="x", now=NOW)
    assert counts() == before


def test_more_than_was_held_is_refused() -> None:
    code = wallet(SHOP, 100)
    tx = held(code, 10)
    for amount in (11, -1):
        with pytest.raises(NotAHold):
            settle_hold(
                shop_id=SHOP, hold_tx=tx, reference="x", now=NOW, lines=[Line(code, amount), Line(ORDER, -amount)]
            )
    assert queries.available(SHOP, code) == 90


def test_a_hold_cannot_promise_money_to_a_guarded_account() -> None:
    code = wallet(SHOP, 100)
    with pytest.raises(NotAHold):
        hold(shop_id=SHOP, currency="CNY", entry=entry("h", (BANK, 5), (code, -5)), now=NOW)
    assert queries.available(SHOP, code) == 100


def test_settled_by_one_of_many_at_once() -> None:
    code = wallet(SHOP, 100)
    tx = held(code, 80)
    work = [
        (lambda n=n: settle_hold(shop_id=SHOP, hold_tx=tx, reference=f"settle:{n}", now=NOW))
        if n % 2
        else (lambda n=n: void_hold(shop_id=SHOP, hold_tx=tx, reference=f"void:{n}", now=NOW))
        for n in range(8)
    ]
    results = together(work)
    assert [type(r) for r in results if isinstance(r, Exception)] == [AlreadySettled] * 7
    assert queries.available(SHOP, code) in (20, 100)
    assert audit() == {}


def test_an_old_hold_is_found() -> None:
    code = wallet(SHOP, 100)
    tx = held(code, 80)
    assert audit(NOW + timedelta(hours=23)) == {}
    assert audit(NOW + timedelta(hours=25)) == {"ledger.holds": [f"{SHOP}/tx/{tx}"]}
