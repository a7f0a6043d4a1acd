"""Two witnesses that share nothing: our attempts, codes and ledger, and the stand-ins' own books."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from goodfor.cli.hub.market import Market, Stall
from goodfor.cli.soak.sql import rows
from goodfor.ledger import queries as ledger
from goodfor.sandbox.suppliers.client import SuppliersClient

#: A purchase that ended with its goods.
KEPT = frozenset({"delivered", "partial", "late"})
IN_FLIGHT = frozenset({"sending", "accepted", "unknown", "manual"})
_ATTEMPTS = """
SELECT a.number, w.line_id, s.code, a.state, a.reason, a.next_at IS NOT NULL
FROM supply_attempt a JOIN supply_want w ON w.id = a.want_id AND w.shop_id = a.shop_id
JOIN supply_supplier s ON s.id = a.supplier_id AND s.shop_id = a.shop_id
WHERE a.shop_id = %s
"""
_LINES = "SELECT l.id, l.quantity FROM orders_line l WHERE l.shop_id = %s"


@dataclass(frozen=True, slots=True)
class Ours:
    """One purchase as we know it."""

    number: str
    line_id: UUID
    code: str
    state: str
    reason: str
    asked: bool


@dataclass
class Compared:
    """What does not agree, in words; and the codes that suppliers honestly gave out, by their secret."""

    twice: list[str] = field(default_factory=list)
    money: list[str] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)


def attempts(shop_id: UUID) -> list[Ours]:
    """All purchases of a shop."""
    return [Ours(str(row[0]), *row[1:]) for row in rows(_ATTEMPTS, shop_id)]


def compare(market: Market, client: SuppliersClient) -> Compared:
    """Read all books and hold them against each other."""
    found = Compared()
    mine = attempts(market.shop_id)
    ordered = {row[0]: int(row[1]) for row in rows(_LINES, market.shop_id)}
    theirs: dict[tuple[str, str], dict[str, Any]] = {}
    for code, stall in market.stalls.items():
        books = client.site_books(stall.vendor, stall.name)
        if not books["totals"]["balanced"]:
            found.money.append(f"{code}: the stand-in's own books do not balance")
        for order in books["orders"]:
            if (code, order["number"]) in theirs:
                found.twice.append(f"{code} {order['number']}: ordered twice under one number")
            theirs[code, order["number"]] = order
        _money(market, stall, books, mine, found)
    _delivered(mine, theirs, ordered, found)
    states = Counter(one.state for one in mine)
    found.figures |= {
        "purchases_by_state": dict(states), "supplier_orders": len(theirs),
        "purchases_nobody_asks_about": sum(
            one.state in IN_FLIGHT - {"manual"} and not one.asked for one in mine
        ),
        "reasons": dict(Counter(one.reason for one in mine if one.reason)),
    }  # fmt: skip
    return found


def _delivered(
    mine: list[Ours], theirs: Mapping[tuple[str, str], Mapping[str, Any]], ordered: Mapping[UUID, int], found: Compared
) -> None:
    """No more good codes came for a line than it wanted, wherever they came from; and no order is a stranger's.

    A code that a supplier gave to two orders (a fault, and in its books) is good for the one whose purchase kept it:
    the other was told of the double, has a claim, and had to be bought again.
    """
    known = {(one.code, one.number): one for one in mine}
    good: defaultdict[UUID, int] = defaultdict(int)
    copies = Counter(code["secret"].strip() for order in theirs.values() for code in order["codes"])
    honestly = Counter(code["secret"].strip() for order in theirs.values() for code in order["codes"] if code["honest"])
    found.twice += [f"a stand-in honestly gave one code {times} times" for times in honestly.values() if times > 1]
    surplus = 0
    found.figures["codes_given_to_two_orders"] = sum(times > 1 for times in copies.values())
    for place, order in theirs.items():
        one = known.get(place)
        if one is None:
            found.twice.append(f"{place[0]} {place[1]}: ordered, and we know nothing of it")
            continue
        honest = sum(
            1
            for code in order["codes"]
            if code["honest"] and (copies[code["secret"].strip()] == 1 or one.state in KEPT)
        )
        good[one.line_id] += honest
        # What one order gave beyond what was ordered there was not bought: counted apart, and stock like any other.
        surplus += max(0, len(order["codes"]) - int(order["quantity"]))
        for code in order["codes"]:
            # As the hub keeps it: a fault pastes line ends along. What came beyond the order is good stock, too.
            found.given.setdefault(code["secret"].strip(), one.state)
    found.figures["surplus_codes"] = surplus
    found.twice += [
        f"line {line}: {count} of {ordered.get(line, 0)}"
        for line, count in good.items()
        if count > ordered.get(line, 0)
    ]


def _money(market: Market, stall: Stall, books: Mapping[str, Any], mine: list[Ours], found: Compared) -> None:
    """To the fen: what is left of a prepayment, or what is owed. A purchase under way is paid there, held here."""
    open_ = {one.number for one in mine if one.code == stall.code and one.state in IN_FLIGHT}
    spent = sum(
        minor((Decimal(order["charged"]) - Decimal(order["refunded"])) * stall.rate)
        for order in books["orders"]
        if order["number"] not in open_
    )
    prepaid = stall.paid_minor is not None
    account = f"1123:supplier:{stall.code}:prepaid" if prepaid else f"2202:supplier:{stall.code}:accrued"
    booked = sum(one.posted_minor for one in ledger.balances(market.shop_id, account) if one.code == account)
    expected = (stall.paid_minor or 0) - spent if prepaid else spent
    found.figures.setdefault("ledger_by_supplier", {})[stall.code] = booked
    if booked != expected:
        found.money.append(f"{stall.code}: ledger {booked}, stand-in {expected}")


def minor(amount: Decimal) -> int:
    """Yuan as fen."""
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))
