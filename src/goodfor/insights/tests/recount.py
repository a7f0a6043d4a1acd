"""The cube counted once more, slowly, in Python: from raw postings and orders, by another hand than the roll-up's."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID

from goodfor.insights.models import Cube
from goodfor.insights.types import MEASURES, NONE
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger.shares import allocate
from goodfor.orders.tests.factories import sql

Key = tuple[Any, ...]
Counted = dict[Key, dict[str, int]]

_POSTINGS = """
SELECT t.shop_id, t.xid::text::bigint, t.id, p.seq, t.kind, a.code, t.currency, p.effective_date, p.order_id,
       p.order_line_id, p.sku_id, p.amount_minor
FROM ledger_posting p JOIN ledger_tx t ON t.id = p.tx_id JOIN ledger_account a ON a.id = p.account_id
WHERE p.layer = 0 AND t.xid < (SELECT upto_xid FROM insights_progress WHERE name = 'cube')::text::xid8
ORDER BY t.xid, t.id, p.seq
"""
_LINES = (
    "SELECT id, sku_id, quantity * unit_price_minor - discount_minor, quantity FROM orders_line"
    " WHERE order_id = %s ORDER BY position"
)
_ORDER = """
SELECT o.channel, coalesce((SELECT coalesce(nullif(p.method, ''), p.provider) FROM payments_payment p
                            WHERE p.id = o.payment_id), ''), o.client_id, o.buyer_ref
FROM orders_order o WHERE o.id = %s
"""


def measure_of(code: str, kind: str) -> tuple[str, int] | None:
    """Which sum a posting belongs to, and with which sign it adds."""
    act = kind.split(".")[0]
    if code == "2203:order":
        return None if act == "delivery" else ("paid_back", 1) if act == "refund" else ("paid", -1)
    if code.startswith("5001:sales:"):
        return {"delivery": ("sales", -1), "refund": ("sales_back", 1)}.get(act, ("adjusted", -1))
    for beginning, found in (
        ("5001:", ("other_income", -1)), ("5002:", ("discount", 1)), ("5401:", ("cost", 1)), ("6603:", ("fee", 1)),
        ("6601:commission", ("commission", 1)), ("6601:", ("marketing", 1)), ("6711:recovery", ("recovery", -1)),
        ("6711:", ("compensation", 1)), ("5", ("difference", 1)), ("6", ("difference", 1)),
    ):  # fmt: skip
        if code.startswith(beginning):
            return found
    return None


def recount() -> Counted:
    """Every cell of the finest grain, with what is not 0 in it."""
    cells: Counted = defaultdict(lambda: defaultdict(int))
    segments = _Segments()
    sofar: dict[Key, int] = defaultdict(int)
    acts: set[Key] = set()
    for shop_id, _xid, tx_id, _seq, kind, code, currency, day, order_id, line_id, sku_id, amount in sql(_POSTINGS):
        dims = segments.of(order_id)
        lines = sql(_LINES, [order_id]) if order_id else []

        def add(sku: UUID, name: str, value: int, rest: Key = (shop_id, day, currency, *dims)) -> None:
            cells[(rest[0], rest[1], rest[2], sku, *rest[3:])][name] += value

        found = measure_of(code, kind)
        if found is None:
            continue
        measure, value = found[0], found[1] * amount
        _spread(add, lines, (order_id, measure, line_id, sku_id), measure, value, sofar)
        what = {"sales": "orders", "paid": "paid_orders", "sales_back": "refunds", "paid_back": "refunds"}.get(measure)
        if order_id and what and value > 0 and (tx_id, what) not in acts:
            acts.add((tx_id, what))
            add(lines[0][1], what, 1)
            for _line, sku, _weight, units in lines if what == "orders" else ():
                add(sku, "lines", 1)
                add(sku, "units", units)
    return _without_zeros(cells)


def _spread(
    add: Callable[[UUID, str, int], None], lines: list[Any], group: Key, measure: str, value: int, sofar: dict[Key, int]
) -> None:
    _order, _measure, line_id, sku_id = group
    fitting = [row for row in lines if (row[0] == line_id if line_id else row[1] == sku_id if sku_id else True)]
    if not fitting:
        add(sku_id or NONE, f"{measure}_minor", value)
        return
    weights = [row[2] for row in fitting]
    weights = weights if sum(weights) else [1] * len(weights)
    before = _shared(sofar[group], weights)
    sofar[group] += value
    for row, now, then in zip(fitting, _shared(sofar[group], weights), before, strict=True):
        add(row[1], f"{measure}_minor", now - then)


def _shared(amount: int, weights: list[int]) -> list[int]:
    return [-part for part in allocate(-amount, weights)] if amount < 0 else allocate(amount, weights)


class _Segments:
    """Channel, method and segment of orders, in the order in which their first postings come."""

    def __init__(self) -> None:
        self.known: dict[UUID, tuple[str, str, str]] = {}
        self.met: set[str] = set()

    def of(self, order_id: UUID | None) -> tuple[str, str, str]:
        if order_id is None:
            return ("", "", "")
        if order_id not in self.known:
            [(channel, method, client_id, buyer_ref)] = sql(_ORDER, [order_id])
            segment = "client" if client_id else "returning" if buyer_ref in self.met else "new"
            self.met.add(buyer_ref)
            self.known[order_id] = (channel, method, segment)
        return self.known[order_id]


def cube(grain: str = "d") -> Counted:
    """What the cube says, in the same shape."""
    with platform_job("test"):
        rows = list(Cube.objects.filter(grain=grain))
    found = {
        (row.shop_id, row.day, row.currency, row.sku_id, row.channel, row.method, row.segment): {
            name: getattr(row, name) for name in MEASURES
        }
        for row in rows
    }
    assert len(found) == len(rows)
    return _without_zeros(found)


def folded(cells: Counted, grain: str) -> Counted:
    """The finest cells as a coarser grain has them."""
    found: Counted = defaultdict(lambda: defaultdict(int))
    for (shop_id, day, currency, sku_id, *dims), sums in cells.items():
        key = (shop_id, day.replace(day=1) if grain == "m" else day, currency, sku_id if grain == "m" else NONE, *dims)
        for name, value in sums.items():
            found[key][name] += value
    return _without_zeros(found)


def _without_zeros(cells: Counted) -> Counted:
    plain = {key: {name: value for name, value in sums.items() if value} for key, sums in cells.items()}
    return {key: sums for key, sums in plain.items() if sums}
