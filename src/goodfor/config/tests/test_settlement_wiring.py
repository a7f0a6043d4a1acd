"""Settlement pays the parties of finance, from the postings of the ledger."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import UUID

import pytest
from django.conf import settings

from goodfor.ledger.operations import post
from goodfor.ledger.types import Entry, Line
from goodfor.settlement import ports, queries
from goodfor.settlement.operations import collect, make_due_statements
from goodfor.settlement.tests.conftest import broken

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("finance" not in settings.ROOMS, reason="without finance nobody is paid"),
]
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _wired() -> Iterator[None]:
    kept = ports.parties(), ports.books()
    import_module("goodfor.config.settlement_wiring").connect()
    yield
    ports.install(parties=kept[0], books=kept[1])


def test_a_party_of_finance_is_paid_what_the_books_say() -> None:
    types, operations = import_module("goodfor.finance.types"), import_module("goodfor.finance.operations")
    accounts = import_module("goodfor.finance.accounts")
    view = operations.open_party(
        shop_id=SHOP,
        party=types.PartyInput("brand", "nova", "Nova", cycle="t1", lag_days=2, hold_back_bp=1_000),
        actor="staff:ann",
        now=NOW - timedelta(days=9),
    )
    bank = types.Bank(name="Nova", bank="ICBC", account="6222020200001234567")
    operations.set_bank(shop_id=SHOP, party_id=view.id, bank=bank, actor="staff:ann", now=NOW - timedelta(days=9))
    for n, amount in enumerate((100, 250, -50)):
        lines = (Line("6601:commission", amount), Line(accounts.accrued(view), -amount))
        entry = Entry(f"share:{n}", "finance.share", lines, NOW - timedelta(days=1))
        post(shop_id=SHOP, currency="CNY", entries=[entry], now=NOW - timedelta(days=1))
    assert list(ports.parties().shops()) == [SHOP]
    assert collect(shop_id=SHOP, now=NOW, batch=2) == 3
    assert make_due_statements(now=NOW) == 1
    [made] = queries.statements(SHOP, party_id=view.id)
    assert (made.items_minor, made.held_minor, made.payable_minor) == (300, 30, 270)
    assert accounts.statement(view, made.number) == f"2206:brand:nova:statement:{made.number}"
    found = ports.parties().bank_of(SHOP, view.id)
    assert found is not None
    assert (found.bank, found.name, found.account) == ("ICBC", "Nova", "6222020200001234567")
    assert ports.parties().party(SHOP, UUID(int=1)) is None
    known = ports.party_of(SHOP, view.id)
    assert known.bank_changed_at == NOW - timedelta(days=9)
    assert broken() == {}
