"""Sign other browsers out."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity.buyer_models import BuyerDevice, BuyerSession
from goodfor.identity.errors import NotListed
from goodfor.identity.operations.end_session import revoke_sessions
from goodfor.identity.operations.set_password import forget_devices
from goodfor.identity.types import SignedInBuyer
from goodfor.kernel import audit


def revoke_session(*, buyer: SignedInBuyer, session_id: UUID, now: datetime) -> None:
    """Sign one of the buyer's browsers out and know it no more. Raises NotListed, the same for a stranger's."""
    with transaction.atomic():
        mine = BuyerSession.objects.filter(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, pk=session_id)
        row = mine.filter(revoked_at__isnull=True).first()
        if row is None or not mine.filter(revoked_at__isnull=True).update(revoked_at=now):
            raise NotListed
        if row.device_hash != buyer.device_hash:
            BuyerDevice.objects.filter(
                shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, device_hash=row.device_hash
            ).delete()
        _note(buyer, 1, now)


def revoke_all_sessions(*, buyer: SignedInBuyer, now: datetime) -> int:
    """Sign every browser of the buyer out, this one included, and know none; how many."""
    with transaction.atomic():
        ended = revoke_sessions(buyer.shop_id, buyer.buyer_id, None, now)
        forget_devices(buyer.shop_id, buyer.buyer_id, None)
        _note(buyer, ended, now)
    return ended


def _note(buyer: SignedInBuyer, ended: int, now: datetime) -> None:
    audit.record(
        shop_id=buyer.shop_id,
        actor=f"buyer:{buyer.buyer_id}",
        action="identity.buyer_sessions_revoked",
        subject=("buyer", buyer.buyer_id),
        data={"ended": ended},
        now=now,
    )
