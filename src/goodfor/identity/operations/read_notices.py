"""The message page was opened."""

from datetime import datetime

from goodfor.identity.buyer_models import BuyerNotice
from goodfor.identity.types import SignedInBuyer


def read_notices(*, buyer: SignedInBuyer, now: datetime) -> int:
    """Nothing is new any more; how many lines were."""
    rows = BuyerNotice.objects.filter(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, read_at__isnull=True)
    return rows.update(read_at=now)
