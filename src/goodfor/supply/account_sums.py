"""What an account with a supplier adds up to, by the books. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.sql import Statement
from goodfor.ledger import queries as books
from goodfor.supply import entries
from goodfor.supply.models import Supplier

_TOTALS: Final = Statement("goodfor.supply", "sql/totals.sql")
_UNDER_WAY: Final = Statement("goodfor.supply", "sql/under_way.sql")
_SPENT: Final = Statement("goodfor.supply", "sql/spent.sql")
LOOK_BACK: Final = timedelta(days=7)
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all time, in the supplier's currency."""

    charges: Decimal
    refunds: Decimal
    top_ups: Decimal
    corrections: Decimal


def totals_of(shop_id: UUID, supplier_id: UUID) -> Totals:
    """As the books have it now."""
    row = _TOTALS.row({"shop_id": shop_id, "supplier_id": supplier_id})
    assert row is not None
    return Totals(*row)


def under_way(shop_id: UUID, supplier_id: UUID, since: datetime) -> list[tuple[UUID, Decimal, Decimal]]:
    """Purchases without an end, and those sent since: (attempt, what it would cost, what is set aside)."""
    rows = _UNDER_WAY.rows({"shop_id": shop_id, "supplier_id": supplier_id, "since": since})
    return [(row[0], row[1], row[2]) for row in rows]


def lasts_days(supplier: Supplier, left: Decimal, now: datetime) -> int | None:
    """How many days that lasts at the pace of the last week, or of the time since the first purchase in it.

    None: nothing was spent.
    """
    row = _SPENT.row({"shop_id": supplier.shop_id, "supplier_id": supplier.id, "since": now - LOOK_BACK})
    assert row is not None
    spent, first = row
    if spent <= 0 or first is None:
        return None
    seconds = max(int((now - first).total_seconds()), _DAY)
    return max(0, int((left + supplier.credit) * seconds / spent / _DAY))


def in_books(supplier: Supplier, shop_currency: str) -> Decimal | None:
    """What the books have of a prepayment, in its currency; None: there is none."""
    if supplier.cycle != "prepaid" or supplier.currency != shop_currency:
        return None
    posted = books.balance(supplier.shop_id, entries.prepaid(supplier.code), shop_currency)
    return Decimal(posted).scaleb(-EXPONENTS[shop_currency])
