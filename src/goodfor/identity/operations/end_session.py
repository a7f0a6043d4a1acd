"""Sign out."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity.buyer_models import BuyerSession
from goodfor.identity.types import SignedInBuyer
from goodfor.kernel import audit


def end_session(*, buyer: SignedInBuyer, now: datetime) -> bool:
    """End the browser's session; its token opens nothing any more. True when it was not over already."""
    with transaction.atomic():
        live = BuyerSession.objects.filter(shop_id=buyer.shop_id, pk=buyer.session_id, revoked_at__isnull=True)
        if not live.update(revoked_at=now):
            return False
        audit.record(
            shop_id=buyer.shop_id,
            actor=f"buyer:{buyer.buyer_id}",
            action="identity.buyer_signed_out",
            subject=("buyer", buyer.buyer_id),
            data={"session": str(buyer.session_id)},
            now=now,
        )
    return True


def revoke_sessions(shop_id: UUID, buyer_id: UUID, keep: UUID | None, now: datetime) -> int:
    """End a buyer's sessions but for one; how many. A step of several operations, in the caller's transaction."""
    live = BuyerSession.objects.filter(shop_id=shop_id, buyer_id=buyer_id, revoked_at__isnull=True)
    return (live if keep is None else live.exclude(pk=keep)).update(revoked_at=now)
