"""Book the loss of codes that were written off before anybody bought them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.ledger import operations as ledger
from goodfor.orders import accounts


@transaction.atomic(savepoint=False)
def book_void(*, shop_id: UUID, event_id: int, sku_id: UUID, cost_minor: int, currency: str, now: datetime) -> None:
    """Take the codes out of the stock account at what they had cost; what cost nothing moves nothing.

    `event_id` is the news of it: repeated, it is booked once.
    """
    if cost_minor:
        entry = accounts.void_entry(event_id=event_id, sku_id=sku_id, cost_minor=cost_minor, now=now)
        ledger.post(shop_id=shop_id, currency=currency, entries=(entry,), now=now)
