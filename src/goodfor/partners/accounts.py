"""Which ledger accounts partners move. Pure.

Our points in their mall: what we owe it for what it delivers. Their points in ours: what they owe us for it, against
the debt that pays the order, as points of our own do; what the points are worth beyond or below the order's price is a
reduction of income, or the end of one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.ledger.types import Entry, Line
from goodfor.loyalty.operations.spend_units import REDEEMED as REDEEMED
from goodfor.partners import states

DIFFERENCE: Final = "5002:points"
CAUSE: Final = "partners.exchange"
SUPPLY: Final = "partners.supply"


def account_of(role: str, code: str) -> str:
    """Where what one owes the other stands."""
    return f"2202:partner:{code}" if role == states.DEVELOPER else f"1122:partner:{code}"


def sale_entry(
    *, exchange_id: UUID, code: str, worth_minor: int, price_minor: int, order_id: UUID, now: datetime
) -> Entry:
    """A partner owes us what its points are worth, and an order of `price_minor` can be paid from the debt."""
    parts = {
        account_of(states.MALL, code): worth_minor, DIFFERENCE: price_minor - worth_minor, REDEEMED: -price_minor
    }  # fmt: skip
    return Entry(f"partnersale:{exchange_id}", "partner_sale", _lines(parts, order_id), now, (CAUSE, exchange_id))


def supply_entry(*, supply_id: UUID, price_minor: int, order_id: UUID, now: datetime) -> Entry:
    """Points that were taken pay for goods of our own, as those that pay for an order here do."""
    parts = {DIFFERENCE: price_minor, REDEEMED: -price_minor}
    return Entry(f"partnersupply:{supply_id}", "partner_supply", _lines(parts, order_id), now, (SUPPLY, supply_id))


def unsupply_entry(*, refund_id: UUID, supply_id: UUID, minor: int, order_id: UUID, now: datetime) -> Entry:
    """`minor` of them came back."""
    parts = {REDEEMED: minor, DIFFERENCE: -minor}
    return Entry(f"partnerback:{refund_id}", "partner_unsupply", _lines(parts, order_id), now, (SUPPLY, supply_id))


def back_entry(
    *, refund_id: UUID, exchange_id: UUID, code: str, worth_minor: int, minor: int, order_id: UUID, now: datetime
) -> Entry:
    """`minor` of the order came back; the partner owes `worth_minor` less."""
    parts = {REDEEMED: minor, account_of(states.MALL, code): -worth_minor, DIFFERENCE: worth_minor - minor}
    return Entry(f"partnerback:{refund_id}", "partner_back", _lines(parts, order_id), now, (CAUSE, exchange_id))


def _lines(parts: Mapping[str, int], order_id: UUID) -> tuple[Line, ...]:
    return tuple(Line(code, minor, order_id=order_id) for code, minor in parts.items() if minor)
