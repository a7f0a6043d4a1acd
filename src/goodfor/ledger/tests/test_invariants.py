"""Each invariant finds what is planted, and only that."""

from datetime import timedelta
from uuid import UUID

import pytest

from goodfor.ledger.invariants import INVARIANTS
from goodfor.ledger.operations import close_period, fill_days, hold, reverse, roll_up, seal
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, audit, entry, put, sql, tamper, wallet

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")

PLANTED = {
    "ledger.balanced": (
        "UPDATE ledger_posting SET amount_minor = amount_minor - 1 WHERE tx_id = {tx} AND seq = 2",
        "tx/{tx}",
    ),
    "ledger.postings_fit": (
        "UPDATE ledger_posting SET effective_date = effective_date + 1 WHERE tx_id = {tx} AND seq = 1",
        "tx/{tx}/1",
    ),
    "ledger.guarded_balances": ("UPDATE ledger_balance SET posted_minor = posted_minor + 1", "account/2207:wallet:w1"),
    "ledger.rollup": (
        "UPDATE ledger_rollup SET amount_minor = amount_minor + 1 WHERE account_id = {order} AND layer = 0",
        "account/{order}/0",
    ),
    "ledger.daily": (
        "UPDATE ledger_daily SET closing_minor = closing_minor + 1 WHERE account_id = {order}",
        "account/{order}/2026-01-01",
    ),
    "ledger.chart": ("UPDATE ledger_account SET type = 'equity' WHERE id = {order}", "account/2203:order"),
    "ledger.undone_once": ("UPDATE ledger_tx SET reverses_tx = {other} WHERE id = {back}", "tx/{back}"),
    "ledger.holds": (
        "UPDATE ledger_tx SET recorded_at = recorded_at - interval '2 days' WHERE id = {held}",
        "tx/{held}",
    ),
    "ledger.periods": (
        "UPDATE ledger_tx SET effective_at = '2025-10-05T00:00Z' WHERE id = {tx}; "
        "UPDATE ledger_posting SET effective_date = '2025-10-05' WHERE tx_id = {tx}",
        "tx/{tx}",
    ),
    "ledger.transaction_ids": (
        "UPDATE ledger_tx SET xid = '9000000000000' WHERE id = {tx}; "
        "UPDATE ledger_posting SET xid = '9000000000000' WHERE tx_id = {tx}",
        "tx/{tx}",
    ),
}


@pytest.mark.parametrize("name", [i.name for i in INVARIANTS if i.name != "ledger.seal"])
def test_a_planted_violation_is_found_and_nothing_else(name: str) -> None:
    close_period(shop_id=SHOP, month=NOW.replace(year=2025, month=11, day=1).date(), now=NOW)
    assert close_period(shop_id=SHOP, month=NOW.replace(year=2025, month=11, day=1).date(), now=NOW) == "closed"
    code = wallet(SHOP, 100)
    tx, other = put(SHOP, entry("r:1", (BANK, 9), (ORDER, -9)), entry("r:2", (BANK, 8), (ORDER, -8)))
    back = reverse(shop_id=SHOP, tx_id=tx, reference="v:1", now=NOW)
    held = hold(shop_id=SHOP, currency="CNY", entry=entry("h:1", (code, 5), (ORDER, -5)), now=NOW)
    seal_is_in_the_way = name not in ("ledger.guarded_balances", "ledger.rollup")
    while roll_up(now=NOW):
        pass
    if name == "ledger.daily":
        fill_days(now=NOW)
    if not seal_is_in_the_way:
        seal(now=NOW)
    assert audit(NOW + timedelta(minutes=1)) == {}
    order = sql("SELECT id FROM ledger_account WHERE shop_id = %s AND code = %s", [SHOP, ORDER])[0][0]
    names = {"tx": tx, "other": other, "back": back, "held": held, "order": order}
    statement, subject = PLANTED[name]
    tamper(statement.format(**names))
    found = audit(NOW + timedelta(minutes=1))
    assert found.pop(name) == [f"{SHOP}/{subject.format(**names)}"]
    # A changed amount or transaction id also shifts the sums that are built on it.
    assert set(found) <= {
        "ledger.balanced": {"ledger.rollup", "ledger.undone_once"},
        "ledger.transaction_ids": {"ledger.rollup"},
    }.get(name, set())
