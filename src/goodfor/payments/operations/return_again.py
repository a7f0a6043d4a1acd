"""Ask a receiver once more for what it did not give back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.payments.errors import NothingToTakeBack
from goodfor.payments.locks import lock_payment, lock_pot
from goodfor.payments.operations.take_back_shares import take_back_again
from goodfor.payments.split_models import SplitShare


def return_again(*, shop_id: UUID, share_id: UUID, actor: str, now: datetime) -> None:
    """A new return with a new number, of all that is owed and not on its way. Raises NothingToTakeBack."""
    with transaction.atomic(savepoint=False):
        share = SplitShare.objects.filter(shop_id=shop_id, id=share_id).first()
        if share is None:
            raise NothingToTakeBack
        lock_payment(shop_id, share.payment_id)
        lock_pot(shop_id, share.payment_id)
        if not take_back_again(shop_id=shop_id, share_id=share_id, now=now):
            raise NothingToTakeBack
        audit.record(
            shop_id=shop_id, actor=actor, action="payments.share_asked_back", subject=("payments.share", share_id),
            data={}, now=now,
        )  # fmt: skip
