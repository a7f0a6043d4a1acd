"""What units met of an order's price: noted with it, and what of that goes back. Steps in the caller's transaction."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from goodfor.ledger.types import Entry
from goodfor.orders import accounts
from goodfor.orders.models import CreditPart
from goodfor.orders.types import Credit


def keep_credit(*, shop_id: UUID, order_id: UUID, credit: Credit, now: datetime) -> None:
    """Once for an order, with it."""
    CreditPart.objects.create(order_id=order_id, shop_id=shop_id, kind=credit.kind, minor=credit.minor, made_at=now)


def credit_back(*, shop_id: UUID, order_id: UUID) -> int:
    """All of it is the wallet's again: the order ended unpaid, or all of its price goes back. What that was in all."""
    part = CreditPart.objects.filter(shop_id=shop_id, order_id=order_id)
    if not part.update(back_minor=F("minor")):
        return 0
    return part.values_list("minor", flat=True).get()


def credit_part_back(*, shop_id: UUID, order_id: UUID, entry: Entry) -> None:
    """As much of it as the refund that `entry` books takes along."""
    minor = -sum(line.amount_minor for line in entry.lines if line.account == accounts.REDEEMED)
    if minor:
        CreditPart.objects.filter(shop_id=shop_id, order_id=order_id).update(back_minor=F("back_minor") + minor)
