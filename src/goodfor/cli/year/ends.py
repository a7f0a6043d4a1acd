"""What the year came to: the books against themselves, the orders' profits, the statements, and our own sums."""

import re
from typing import Any, Final

from django.db import transaction
from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.soak.sql import rows
from goodfor.cli.year.course import Year
from goodfor.cli.year.selling import CREDIT, CREDIT_REVENUE
from goodfor.finance.types import PartyView
from goodfor.kernel import invariants
from goodfor.kernel.loops import REGISTRY
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import queries as books

#: Accounts that money only passes through: at the end of the year, with everybody paid, nothing is left there.
CLEARING: Final = ("1012:", "1013:", "2202:", "2203:", "2205:", "2206:", CREDIT, "2221:", "9999:")
_BY_ORDER: Final = """
SELECT coalesce(sum(p.amount_minor) FILTER (WHERE p.order_id IS NOT NULL), 0),
       coalesce(sum(p.amount_minor) FILTER (WHERE p.order_id IS NULL), 0)
FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = p.shop_id
WHERE p.shop_id = %s AND p.layer = 0 AND left(a.code, 1) IN ('5', '6')
"""
_COUNT: Final = "SELECT count(*) FROM {} WHERE shop_id = %s"
_PROFIT: Final = "SELECT coalesce(sum(profit_minor), 0), count(*) FROM finance_order WHERE shop_id = %s"
_STAGES: Final = "SELECT stage, count(*) FROM finance_order WHERE shop_id = %s GROUP BY 1"
#: By party: what its statements list, what the books moved on its accounts but for the statements' own entries.
_STATED: Final = """
SELECT coalesce(sum(l.amount_minor), 0) FROM settlement_line l
JOIN settlement_statement s ON s.shop_id = l.shop_id AND s.id = l.statement_id AND s.state <> 'rejected'
WHERE l.shop_id = %s AND s.party_id = %s AND NOT s.confirmation
"""
_ACCRUED: Final = """
SELECT coalesce(-sum(p.amount_minor), 0) FROM ledger_posting p
JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = p.shop_id
JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
WHERE p.shop_id = %s AND p.layer = 0 AND a.code ~ %s AND t.kind NOT LIKE 'settlement.statement%%'
"""
_REST: Final = """
SELECT coalesce(sum(payable_minor), 0) FROM settlement_statement
WHERE shop_id = %s AND state = 'closed' AND carried_to IS NULL AND NOT confirmation
"""
_POSTED: Final = """
SELECT coalesce(sum(p.amount_minor), 0) FROM ledger_posting p
JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = p.shop_id
JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
WHERE p.shop_id = %s AND p.layer = 0 AND a.code LIKE %s AND t.kind = ANY(%s)
"""


def result(year: Year, console: Console, seconds: float) -> BenchResult:
    """All of it."""
    with platform_job("year"):
        bars = [*_books(year), *_profit(year), *_statements(year), *_own(year)]
        wrong = _truths(year)
        stages = {str(stage): int(count) for stage, count in rows(_STAGES, year.world.shop_id)}
        sizes = {
            table: int(rows(_COUNT.format(table), year.world.shop_id)[0][0])
            for table in ("ledger_tx", "ledger_posting", "finance_share", "settlement_statement", "settlement_line")
        }  # fmt: skip
    for text in [*year.backs.errors[:8], *wrong[:12]]:
        console.print(text, markup=False)
    figures: dict[str, Any] = {
        "orders": year.told.orders, "days": year.days, "seconds": round(seconds), **sizes,
        "packs_bought_elsewhere": year.told.elsewhere,
        "refunds": year.backs.refunded, "claims": year.backs.claimed, "bill_lines": year.money.lines,
        "statements": dict(year.paying.done), "orders_by_stage": stages,
        "seconds_by": {name: round(value, 1) for name, value in year.told.seconds.items()},
    }  # fmt: skip
    bars += [
        Bar("truths broken", len(wrong), "0", not wrong),
        Bar("acts that failed", len(year.backs.errors), "0", not year.backs.errors),
    ]
    return BenchResult("year", figures, bars)


def _equal(what: str, ours: int, theirs: int) -> Bar:
    return Bar(what, f"{ours} and {theirs}", "equal", ours == theirs)


def _books(year: Year) -> list[Bar]:
    shop_id = year.world.shop_id
    table = books.trial_balance(shop_id)
    debit, credit = sum(row.debit_minor for row in table), sum(row.credit_minor for row in table)
    left = {
        row.code: row.debit_minor - row.credit_minor for row in table
        if row.code.startswith(CLEARING) and ":statement:" not in row.code and row.debit_minor != row.credit_minor
    }  # fmt: skip
    stated = -sum(row.debit_minor - row.credit_minor for row in table if ":statement:" in row.code)
    rest = int(rows(_REST, shop_id)[0][0])
    return [
        _equal("trial balance: debits and credits", debit, credit),
        Bar("clearing accounts that are not empty", str(left) if left else 0, "0", not left),
        _equal("left on statements: books, and rests too small or owed by parties", stated, rest),
    ]


def _profit(year: Year) -> list[Bar]:
    shop_id = year.world.shop_id
    by_order, shared = (int(one) for one in rows(_BY_ORDER, shop_id)[0])
    profit, _count = (int(one) for one in rows(_PROFIT, shop_id)[0])
    first, last = year.start.date(), year.world.told.at.date()
    stated = sum(row.result_minor for row in books.income_statement(shop_id, first, last))
    return [
        _equal("profit of all orders: finance and the books", profit, -by_order),
        _equal("orders and what belongs to none, and the income statement", profit - shared, stated),
    ]


def accrued(party: PartyView) -> str:
    """Where a party's shares gather, as a pattern of codes."""
    code = re.escape(party.code)
    if party.kind == "supplier":
        return f"^2202:supplier:{code}:([a-z0-9]+:)?accrued$"
    return f"^2206:distributor:{code}$" if party.kind == "distributor" else f"^2206:{party.kind}:{code}:payable$"


def _statements(year: Year) -> list[Bar]:
    shop_id, wrong = year.world.shop_id, []
    listed = moved = 0
    for party in year.world.parties.values():
        ours = int(rows(_STATED, shop_id, party.id)[0][0])
        theirs = int(rows(_ACCRUED, shop_id, accrued(party))[0][0])
        listed, moved = listed + ours, moved + theirs
        if ours != theirs:
            wrong.append(f"{party.code}: {ours} and {theirs}")
    return [
        _equal("statements and what parties' accounts moved", listed, moved),
        Bar("parties whose statements differ", "; ".join(wrong) or 0, "0", not wrong),
    ]


def _own(year: Year) -> list[Bar]:
    """What this soak reckoned by itself, without the rooms."""
    shop_id, told = year.world.shop_id, year.told

    def posted(pattern: str, *kinds: str) -> int:
        return int(rows(_POSTED, shop_id, pattern, list(kinds))[0][0])

    return [
        _equal("price of all orders: reckoned and delivered", told.gross, -posted("5001:sales:%", "delivery")),
        _equal("credit given: reckoned and booked", told.credit, posted(CREDIT_REVENUE, "credit_given")),
        _equal("channel's fees in ten thousandths of a yuan, by its bills", int(year.money.fees * 10_000),
               _billed(year)),
    ]  # fmt: skip


def _billed(year: Year) -> int:
    found = rows("SELECT coalesce(sum(exact), 0) FROM finance_fee_bill WHERE shop_id = %s AND booked_at IS NOT NULL",
                 year.world.shop_id)  # fmt: skip
    return int(found[0][0] * 10_000)


def _truths(year: Year) -> list[str]:
    while REGISTRY["kernel.seal_audit"].fn(year.world.told.at):
        pass
    with transaction.atomic():
        results = [invariants.run(one, year.world.told.at) for one in invariants.REGISTRY]
    return [f"{one.invariant.name}: {one.count} {one.violations[:2]}" for one in results if not one.ok]
