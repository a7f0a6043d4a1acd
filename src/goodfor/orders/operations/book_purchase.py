"""Book the cost of a batch of codes that came into stock."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.ledger import operations as ledger
from goodfor.orders import accounts


@transaction.atomic(savepoint=False)
def book_purchase(
    *, shop_id: UUID, batch_id: UUID, sku_id: UUID, cost_minor: int, currency: str, now: datetime
) -> None:
    """Post stock against what is owed for it; a batch that cost nothing moves nothing. Harmless when repeated."""
    if cost_minor:
        entry = accounts.purchase_entry(batch_id=batch_id, sku_id=sku_id, cost_minor=cost_minor, now=now)
        ledger.post(shop_id=shop_id, currency=currency, entries=(entry,), now=now)
