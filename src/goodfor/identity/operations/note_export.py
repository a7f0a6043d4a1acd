"""Personal data was taken along."""

from datetime import datetime

from django.db import transaction

from goodfor.identity.operations.note_change import note_change
from goodfor.identity.types import SignedInBuyer
from goodfor.kernel import audit


def note_export(*, buyer: SignedInBuyer, with_codes: bool, now: datetime) -> None:
    """Write down that the buyer's data was downloaded, and tell the buyer."""
    with transaction.atomic():
        note_change(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, kind="data_exported", now=now)
        audit.record(
            shop_id=buyer.shop_id,
            actor=f"buyer:{buyer.buyer_id}",
            action="identity.buyer_data_exported",
            subject=("buyer", buyer.buyer_id),
            data={"with_codes": with_codes},
            now=now,
        )
