"""A refund gives limits and coupons back, by their policy, and what units met. Steps in the caller's transaction."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from goodfor.ledger import queries as ledger
from goodfor.ledger.types import Entry
from goodfor.orders import accounts, store
from goodfor.orders.operations.keep_credit import credit_back, credit_part_back
from goodfor.promotions.operations.phases import roll_back


def give_all_back(*, shop_id: UUID, order: store.LockedOrder, disputed: bool = False, now: datetime) -> None:
    """The rest of an order goes back, or all of it; nothing for an order at list prices.

    Never more than once for anything: promotions are told the sums of all refunds together.
    """
    if order.discount_minor:
        minor = order.discount_minor - credit_back(shop_id=shop_id, order_id=order.id)
        roll_back(shop_id=shop_id, order_id=order.id, whole=True, minor=minor, units={}, disputed=disputed, now=now)


def give_part_back(*, shop_id: UUID, order: store.LockedOrder, entry: Entry, now: datetime) -> None:
    """A part goes back, which `entry` is about to book: as much of the discount, and the pieces that came back."""
    if not order.discount_minor:
        return
    credit_part_back(shop_id=shop_id, order_id=order.id, entry=entry)
    minor = -sum(line.amount_minor for line in entry.lines if line.account == accounts.DISCOUNTS)
    for one in ledger.postings_of_order(shop_id, order.id):
        if one.account == accounts.DISCOUNTS and one.kind == "refund":
            minor -= one.amount_minor
    back: Counter[UUID] = Counter()
    ordered: Counter[UUID] = Counter()
    for line in store.lines_of(shop_id, order.id):
        back[line.sku_id] += line.returned if line.topped is None else line.quantity - line.topped
        ordered[line.sku_id] += line.quantity
    units = {sku_id: (back[sku_id], pieces) for sku_id, pieces in ordered.items()}
    roll_back(shop_id=shop_id, order_id=order.id, whole=False, minor=minor, units=units, disputed=False, now=now)
