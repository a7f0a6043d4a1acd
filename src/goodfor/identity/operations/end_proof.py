"""Lock an account's codes again at once."""

from goodfor.identity.buyer_models import BuyerSession
from goodfor.identity.types import SignedInBuyer


def end_proof(*, buyer: SignedInBuyer) -> bool:
    """The session stays, but what needs a fresh proof needs a new one. True when there was one."""
    live = BuyerSession.objects.filter(shop_id=buyer.shop_id, pk=buyer.session_id, revoked_at__isnull=True)
    return live.exclude(proved_at=None).update(proved_at=None) == 1
