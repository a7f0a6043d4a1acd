"""Which ledger accounts buying from a supplier moves. Pure.

Prepaid, in the shop's currency: what may be spent is held while the supplier is called, and what was spent leaves the
prepayment. Otherwise what was spent is owed. Source: chart of accounts, finance reference 3.1.
"""

from datetime import datetime
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from uuid import UUID

from goodfor.ledger.types import Entry, Line


def prepaid(code: str) -> str:
    """What was paid to a supplier in advance."""
    return f"1123:supplier:{code}:prepaid"


def accrued(code: str) -> str:
    """What is owed to a supplier and not yet on a statement."""
    return f"2202:supplier:{code}:accrued"


def stock(sku_id: UUID) -> str:
    """Goods on the shelf, at what they cost."""
    return f"1405:codes:{sku_id}"


def minor(cost: Decimal, rate: Decimal, exponent: int, *, up: bool = False) -> int:
    """A cost in minor units of the shop's currency; `up` for what is set aside."""
    return int((cost * rate).scaleb(exponent).to_integral_value(ROUND_UP if up else ROUND_HALF_UP))


def claim(code: str) -> str:
    """What a supplier took for nothing good."""
    return f"1221:supplier:{code}:claim"


def bought_lines(*, goods: str, source: str, sku_id: UUID, cost_minor: int) -> tuple[Line, ...]:
    """`goods` (the shelf, or a claim for what was no good) came, and were paid from `source`."""
    return (Line(goods, cost_minor, sku_id=sku_id), Line(source, -cost_minor, sku_id=sku_id))


def hold_entry(*, attempt_id: UUID, code: str, sku_id: UUID, most_minor: int, now: datetime) -> Entry:
    """Set aside what a purchase may cost."""
    lines = bought_lines(goods=stock(sku_id), source=prepaid(code), sku_id=sku_id, cost_minor=most_minor)
    return Entry(f"buy:{attempt_id}", "supply_purchase", lines, now, ("supply.attempt", attempt_id))


def bought_entry(*, attempt_id: UUID, goods: str, source: str, sku_id: UUID, cost_minor: int, now: datetime) -> Entry:
    """What was bought, where nothing was held, or what it cost beyond the hold."""
    lines = bought_lines(goods=goods, source=source, sku_id=sku_id, cost_minor=cost_minor)
    return Entry(f"bought:{attempt_id}:{source}", "supply_purchase", lines, now, ("supply.attempt", attempt_id))


def returned_entry(
    *, attempt_id: UUID, to: str, claim: str, sku_id: UUID, cost_minor: int, claimed_minor: int, total_minor: int,
    now: datetime,
) -> Entry:  # fmt: skip
    """Money of a purchase came back: `claimed_minor` of it was claimed, with the rest the goods cost less.

    `total_minor`: all that came back so far names the entry.
    """
    won = cost_minor - claimed_minor
    lines = [Line(to, cost_minor, sku_id=sku_id)]
    if claimed_minor:
        lines.append(Line(claim, -claimed_minor, sku_id=sku_id))
    if won:
        lines.append(Line("6711:recovery", -won, sku_id=sku_id))
    reference = f"returned:{attempt_id}:{total_minor}"
    return Entry(reference, "supply_return", tuple(lines), now, ("supply.attempt", attempt_id))


def opening_entry(*, supplier_id: UUID, code: str, amount_minor: int, now: datetime) -> Entry:
    """What a supplier held for the shop before its books began."""
    lines = (Line(prepaid(code), amount_minor), Line("4103:opening", -amount_minor))
    return Entry(f"supplier_opening:{supplier_id}", "supplier_opening", lines, now, ("supply.supplier", supplier_id))


def movement_entry(
    *, kind: str, reference: str, supplier_id: UUID, account: str, amount_minor: int, now: datetime
) -> Entry:
    """Money that no purchase moved; positive: more of it is at the supplier, or less is owed.

    Paid from the bank, paid back to it, or a difference that somebody has found out.
    """
    other = "1002:bank:manual"
    if kind == "correction":
        other = "6051:gain" if amount_minor > 0 else "6701:writeoff"
    lines = (Line(account, amount_minor), Line(other, -amount_minor))
    return Entry(reference, f"supplier_{kind}", lines, now, ("supply.supplier", supplier_id))
