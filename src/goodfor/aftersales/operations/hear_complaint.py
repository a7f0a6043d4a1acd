"""A complaint to a supplier ended: what it paid back for it meets what it was asked for."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.grant_models import Recovered, Recovery
from goodfor.aftersales.operations.settle_recovery import settle_recovery
from goodfor.aftersales.origins import COMPLAINT
from goodfor.aftersales.types import RecoveryView


@transaction.atomic(savepoint=False)
def hear_complaint(
    *,
    shop_id: UUID,
    case_id: UUID,
    supplier_id: UUID,
    inquiry_id: UUID,
    amount_minor: int,
    currency: str,
    now: datetime,
) -> RecoveryView | None:
    """The money came as a refund of the purchase, which supply has booked: it meets the claim and is no second gain.

    At most what is open; None where nothing is, or nothing came. A complaint that was refused leaves the recovery to
    the staff. The same again does nothing.
    """
    row = Recovery.objects.filter(
        shop_id=shop_id, case_id=case_id, supplier_id=supplier_id, currency=currency,
        state__in=(states.DUE, states.SENT),
    ).first()  # fmt: skip
    heard = Recovered.objects.filter(shop_id=shop_id, id=inquiry_id)
    if row is None or amount_minor <= 0 or heard.exists():
        return None
    return settle_recovery(
        shop_id=shop_id, recovery_id=row.id, amount_minor=min(amount_minor, row.amount_minor - row.settled_minor),
        into="returned", reference=f"{COMPLAINT}{inquiry_id}", key=inquiry_id, actor="system", now=now,
    )  # fmt: skip
