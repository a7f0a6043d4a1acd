"""Parties, what they are owed, and a statement that is being paid, for tests of the console."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from goodfor.console.tests.conftest import Shop
from goodfor.finance.operations import open_party, set_bank
from goodfor.finance.types import Bank, PartyInput, PartyView
from goodfor.kernel.clock import utc_now
from goodfor.ledger.operations import post
from goodfor.ledger.types import Entry, Line
from goodfor.settlement import queries as settlement
from goodfor.settlement.operations import approve_statement, confirm_statement, make_payout_file, make_statement
from goodfor.settlement.types import StatementView

ACCOUNT = "6222020200001234567"
LONG_AGO = timedelta(days=3)


def party(shop: Shop, code: str = "li", *, bank: bool = True, **more: Any) -> PartyView:
    """A distributor that is settled by hand; its bank account is known since long."""
    then = utc_now() - LONG_AGO
    made = open_party(
        shop_id=shop.id, party=PartyInput("distributor", code, f"李记{code}", cycle="manual", **more), actor="test",
        now=then,
    )  # fmt: skip
    if bank:
        told = Bank(f"李记{code}有限公司", "中国工商银行", ACCOUNT)
        made = set_bank(shop_id=shop.id, party_id=made.id, bank=told, actor="test", now=then)
    return made


def owe(shop: Shop, one: PartyView, minor: int) -> None:
    """It is owed so much more."""
    lines = (Line("6601:commission", minor, party_id=one.id), Line(f"2206:distributor:{one.code}", -minor,
                                                                   party_id=one.id))  # fmt: skip
    at = utc_now() - timedelta(minutes=5)
    entry = Entry(f"share:{uuid4()}:{uuid4()}", "finance.shares", lines, at)
    post(shop_id=shop.id, currency="CNY", entries=[entry], now=utc_now())


def stated(shop: Shop, one: PartyView, minor: int = 1_200) -> StatementView:
    """A statement of what it is owed."""
    owe(shop, one, minor)
    now = utc_now()
    return make_statement(shop_id=shop.id, party_id=one.id, cutoff=now, actor="test", now=now)


def approved(shop: Shop, one: PartyView, minor: int = 1_200) -> StatementView:
    """The same, confirmed and approved by one person."""
    made, now = stated(shop, one, minor), utc_now()
    confirm_statement(shop_id=shop.id, statement_id=made.id, actor="test", now=now)
    return approve_statement(shop_id=shop.id, statement_id=made.id, actor="staff:somebody", now=now)


def finance_things(shop: Shop) -> dict[str, Any]:
    """A party, a statement, its payout and the file that it went out in."""
    one = party(shop, "thing")
    found = approved(shop, one)
    made, _content = make_payout_file(
        shop_id=shop.id, statement_ids=[found.id], bank_format="plain", actor="test", now=utc_now()
    )  # fmt: skip
    [payout] = settlement.payouts(shop.id, found.id)
    return {"party_id": one.id, "settlement_id": found.id, "payout_id": payout.id, "payout_file_id": made.id}
