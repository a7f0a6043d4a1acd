"""Reversing."""

from uuid import UUID, uuid4

import pytest

from goodfor.ledger import queries
from goodfor.ledger.errors import AlreadyReversed, InsufficientFunds, NotAHold, TxNotFound
from goodfor.ledger.operations import reverse
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, audit, counts, entry, put, together, wallet

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")


def test_a_reversal_is_the_exact_opposite_with_its_dimensions() -> None:
    order = uuid4()
    (tx,) = put(SHOP, entry("r:1", (BANK, 10), (ORDER, -10), order_id=order))
    back = reverse(shop_id=SHOP, tx_id=tx, reference="rev:1", now=NOW)
    assert reverse(shop_id=SHOP, tx_id=tx, reference="rev:1", now=NOW) == back
    assert [p.amount_minor for p in queries.postings_of_order(SHOP, order)] == [10, -10, -10, 10]
    with pytest.raises(AlreadyReversed):
        reverse(shop_id=SHOP, tx_id=tx, reference="rev:2", now=NOW)
    with pytest.raises(NotAHold):
        reverse(shop_id=SHOP, tx_id=back, reference="rev:3", now=NOW)
    with pytest.raises(TxNotFound):
        reverse(shop_id=uuid4(), tx_id=tx, reference="rev:4", now=NOW)
    assert queries.balance(SHOP, ORDER) == 0
    assert audit() == {}


def test_money_that_is_gone_is_not_taken_back() -> None:
    code = wallet(SHOP)
    (tx,) = put(SHOP, entry("r:1", (BANK, 10), (code, -10)))
    put(SHOP, entry("r:2", (code, 1), (ORDER, -1)))
    before = counts()
    with pytest.raises(InsufficientFunds):
        reverse(shop_id=SHOP, tx_id=tx, reference="rev:1", now=NOW)
    assert counts() == before


def test_each_is_reversed_by_one_of_two_at_once() -> None:
    ids = put(SHOP, *(entry(f"r:{n}", (BANK, n), (ORDER, -n)) for n in range(1, 41)))
    for tx in ids:
        results = together(
            [(lambda n=n, tx=tx: reverse(shop_id=SHOP, tx_id=tx, reference=f"rev:{tx}:{n}", now=NOW)) for n in range(2)]
        )
        assert sorted(type(r).__name__ for r in results) == ["AlreadyReversed", "int"]
    assert queries.balance(SHOP, ORDER) == 0
    assert audit() == {}
