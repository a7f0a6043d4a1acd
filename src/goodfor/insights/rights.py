"""Who may see which figures: what goods cost and what is left is not for everybody who sees the sales. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from goodfor.identity.types import Permission

#: Figures for everybody who sees figures; any other tells of cost or profit (the net of an agent is his commission).
OPEN: Final = frozenset({
    "gmv_minor", "paid_minor", "paid_orders", "paid_back_minor", "sales_minor", "sales_back_minor", "discount_minor",
    "orders", "lines", "units", "refunds", "refund_rate", "average_minor",
})  # fmt: skip
#: Things of a brief that speak of margins, and those that name a supplier.
_OF_MARGINS: Final = frozenset({"margin_down", "sku_loses", "best_sku", "kept"})
_OF_SUPPLIERS: Final = frozenset({"supplier_failing"})


def needed(by: str = "", columns: Iterable[str] = (), filters: Iterable[str] = ()) -> frozenset[str]:
    """What whoever sees a table must be allowed: `columns` and `filters` by their names in `Figures` and `Ask`."""
    wanted = {Permission.INSIGHTS_VIEW}
    if not OPEN.issuperset(columns):
        wanted.add(Permission.INSIGHTS_MARGINS)
    if by == "supplier" or "supplier_ids" in filters:
        wanted.add(Permission.SUPPLY_VIEW)
    return frozenset(str(one) for one in wanted)


def needed_by_finding(kind: str) -> frozenset[str]:
    """What whoever reads a thing of a brief must be allowed."""
    wanted = {Permission.INSIGHTS_VIEW}
    if kind in _OF_MARGINS:
        wanted.add(Permission.INSIGHTS_MARGINS)
    if kind in _OF_SUPPLIERS:
        wanted.add(Permission.SUPPLY_VIEW)
    return frozenset(str(one) for one in wanted)


def shown(columns: Sequence[str], margins: bool) -> tuple[str, ...]:
    """Of these figures those that may be seen."""
    return tuple(name for name in columns if margins or name in OPEN)
