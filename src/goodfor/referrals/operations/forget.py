"""A buyer's account is erased: what tells of the person goes; rewards and their books stay, under an id of nobody."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.referrals.locks import lock_friend
from goodfor.referrals.models import Attribution, Binding, InviteCode, Mark


@transaction.atomic(savepoint=False)
def forget(*, shop_id: UUID, buyer_id: UUID, now: datetime) -> None:
    """The code, the marks, and the evidence beside the bindings; the same again does nothing."""
    lock_friend(shop_id, buyer_id)
    InviteCode.objects.filter(shop_id=shop_id, owner=buyer_id).delete()
    Mark.objects.filter(shop_id=shop_id, buyer=buyer_id).delete()
    Binding.objects.filter(shop_id=shop_id, friend=buyer_id).update(evidence={})
    Binding.objects.filter(shop_id=shop_id, friend=buyer_id, ended_at__isnull=True).update(ended_at=now)
    Binding.objects.filter(shop_id=shop_id, inviter=buyer_id, ended_at__isnull=True).update(ended_at=now)
    Attribution.objects.filter(shop_id=shop_id, inviter=buyer_id).update(evidence={})
