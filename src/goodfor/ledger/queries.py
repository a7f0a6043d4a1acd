"""Reads of the ledger. Balances are exact at any moment: rollup plus the postings since, in one snapshot.

An account of the chart that nobody used yet has balance 0; a code outside the chart is an error, never 0.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.sql import Statement
from goodfor.ledger.account_reads import AccountMove as AccountMove
from goodfor.ledger.account_reads import moves_between as moves_between
from goodfor.ledger.account_reads import moves_under as moves_under
from goodfor.ledger.chart import classify
from goodfor.ledger.dated import DIMENSIONS as DIMENSIONS
from goodfor.ledger.dated import Dimension as Dimension
from goodfor.ledger.dated import business_day as business_day
from goodfor.ledger.dated import daily as daily
from goodfor.ledger.dated import income_statement as income_statement
from goodfor.ledger.dated import trial_balance_on
from goodfor.ledger.errors import AccountNotOpen, TxNotFound, UnknownAccount
from goodfor.ledger.models import Tx
from goodfor.ledger.streaming import all_postings as all_postings
from goodfor.ledger.streaming import horizon as horizon
from goodfor.ledger.streaming import postings as postings
from goodfor.ledger.types import (
    AccountBalance,
    AccountEntry,
    NamedTx,
    OrderPosting,
    StatementLine,
    TrialBalanceRow,
    TxPosting,
    TxView,
)

BALANCES = Statement(__package__, "sql/balances.sql")
AVAILABLE = Statement(__package__, "sql/available.sql")
STATEMENT = Statement(__package__, "sql/statement.sql")
ENTRIES = Statement(__package__, "sql/entries.sql")
ORDER_POSTINGS = Statement(__package__, "sql/order_postings.sql")
TX_VIEW = Statement(__package__, "sql/tx_view.sql")
MOVED_ON = Statement(__package__, "sql/moved_on.sql")
PERIOD_STATE = Statement(__package__, "sql/period_state.sql")

PAGE = 500
LAST = (str(2**63 - 1), 2**63 - 1, 32767)


def _known(code: str) -> None:
    if classify(code) is None:
        raise UnknownAccount(subject=code[:160])


def _balances(shop_id: UUID, first: str, end: str, currency: str | None) -> list[AccountBalance]:
    params = {"shop_id": shop_id, "first": first, "end": end, "currency": currency}
    return [AccountBalance(*row) for row in BALANCES.rows(params)]


def balance(shop_id: UUID, account_code: str, currency: str | None = None) -> int:
    """Posted balance in minor units on the account's natural side (a wallet holding money is positive).

    Raises UnknownAccount, and InvalidInput when the code exists in several currencies and none is named.
    """
    _known(account_code)
    found = _exact(shop_id, account_code, currency)
    if len(found) > 1:
        raise InvalidInput("name a currency", account=account_code)
    return found[0].posted_minor if found else 0


def _exact(shop_id: UUID, code: str, currency: str | None) -> list[AccountBalance]:
    # Codes hold nothing below "!", so code + "!" is the end of a range that holds this code alone.
    return _balances(shop_id, code, code + "!", currency)


def available(shop_id: UUID, account_code: str, currency: str | None = None) -> int:
    """What a guarded account can still give, in minor units: posted less held, down to its floor.

    Raises UnknownAccount, AccountNotOpen, InvalidInput (not guarded, or several currencies).
    """
    _known(account_code)
    rows = AVAILABLE.rows({"shop_id": shop_id, "code": account_code, "currency": currency})
    if not rows:
        raise AccountNotOpen(subject=account_code)
    if len(rows) > 1 or not rows[0][0]:
        raise InvalidInput("one guarded account has an available amount", account=account_code)
    return int(rows[0][1])


def balances(shop_id: UUID, prefix: str, currency: str | None = None) -> list[AccountBalance]:
    """Posted balances of all open accounts whose code begins so, by code."""
    return _balances(shop_id, prefix, prefix + "\x7f", currency)


def trial_balance(shop_id: UUID, as_of: date | None = None, as_known_on: date | None = None) -> list[TrialBalanceRow]:
    """Every account with its balance in the debit or the credit column; per currency both columns add up alike.

    `as_of`: at the end of that day of the books; `as_known_on`: by what had been recorded until the end of that day.
    """
    if as_of is not None or as_known_on is not None:
        return trial_balance_on(shop_id, as_of, as_known_on)
    rows = []
    for item in balances(shop_id, ""):
        signed = item.posted_minor * item.normal_side
        rows.append(TrialBalanceRow(item.code, item.type, item.currency, max(signed, 0), max(-signed, 0)))
    return rows


def statement(
    shop_id: UUID, account_code: str, currency: str, *, cursor: str = "", limit: int = 50
) -> Sequence[StatementLine]:
    """Lines of an account, newest first, amounts on the natural side; pass the last line's cursor for the next page.

    Raises UnknownAccount, InvalidInput (cursor, limit over 500).
    """
    _known(account_code)
    if not 1 <= limit <= PAGE:
        raise InvalidInput("limit out of range", limit=PAGE)
    xid, tx_id, seq = _position(cursor)
    params = {"shop_id": shop_id, "code": account_code, "currency": currency, "limit": limit}
    rows = STATEMENT.rows({**params, "xid": xid, "tx_id": tx_id, "seq": seq})
    return [StatementLine(*(*row[:9], f"{row[9]}.{row[0]}.{row[1]}")) for row in rows]


def _position(cursor: str) -> tuple[str, int, int]:
    if not cursor:
        return LAST
    parts = cursor.split(".")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() and len(p) <= 19 for p in parts):
        raise InvalidInput("not a cursor of this list")
    return parts[0], int(parts[1]), int(parts[2])


def entries_of_account(
    shop_id: UUID, account_code: str, *, before: int | None = None, limit: int = 50, currency: str | None = None
) -> list[AccountEntry]:
    """Transactions that moved an account, newest first; `before`: the last tx_id of the page before.

    Raises UnknownAccount, InvalidInput (a `before` that is not this shop's, limit over 500).
    """
    _known(account_code)
    if not 1 <= limit <= PAGE:
        raise InvalidInput("limit out of range", limit=PAGE)
    xid, last = LAST[:2]
    if before is not None:
        found = Tx.objects.filter(shop_id=shop_id, id=before).values_list("xid", flat=True).first()
        if found is None:
            raise InvalidInput("not a cursor of this list")
        xid, last = str(found), before
    params = {"shop_id": shop_id, "code": account_code, "currency": currency, "limit": limit}
    return [AccountEntry(*row) for row in ENTRIES.rows({**params, "xid": xid, "before": last})]


def transaction(shop_id: UUID, tx_id: int) -> TxView:
    """One transaction of the shop with all its lines. Raises TxNotFound."""
    rows = TX_VIEW.rows({"shop_id": shop_id, "tx_id": tx_id})
    if not rows:
        raise TxNotFound(tx_id=tx_id)
    head = rows[0]
    lines = tuple(TxPosting(*row[9:20]) for row in rows)
    return TxView(
        tx_id, head[0], head[1], head[2], (head[3], head[4]), head[5], head[6], head[7], head[8], lines, *head[20:]
    )


def account_label(account_code: str) -> str:
    """What the chart calls an account; the code itself outside of it."""
    line = classify(account_code)
    return str(line.label) if line else account_code


def postings_of_order(shop_id: UUID, order_id: UUID) -> list[OrderPosting]:
    """Every posting that bears the order, oldest first; amounts debit positive."""
    return [OrderPosting(*row) for row in ORDER_POSTINGS.rows({"shop_id": shop_id, "order_id": order_id})]


def transactions_named(shop_id: UUID, beginnings: Sequence[str], limit: int = 100) -> list[NamedTx]:
    """Transactions whose reference begins with one of these, oldest first: what a room booked about one thing."""
    named = reduce(or_, (Q(reference__startswith=one) for one in beginnings))
    rows = Tx.objects.filter(named, shop_id=shop_id).order_by("id")
    return [NamedTx(row.id, row.reference, row.kind, row.currency, row.effective_at) for row in rows[:limit]]


def moved_on(shop_id: UUID, prefix: str, day: date, currency: str) -> int:
    """What all accounts whose code begins so were moved by on a day of the books, minor units, debit positive."""
    params = {"shop_id": shop_id, "first": prefix, "end": prefix + "\x7f", "day": day, "currency": currency}
    row = MOVED_ON.row(params)
    return int(row[0]) if row else 0


def period_state(shop_id: UUID, month: date) -> str:
    """ "open", "soft", "closing" or "closed": how a month (its first day) takes entries now."""
    row = PERIOD_STATE.row({"shop_id": shop_id, "month": month})
    return str(row[0]) if row else "open"
