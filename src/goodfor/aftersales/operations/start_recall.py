"""Call a batch's codes back: everybody who holds some is to be told, and made whole."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.aftersales.batch_models import Recall, RecallItem
from goodfor.aftersales.errors import BatchMoved, RecallRunning
from goodfor.aftersales.recalls import holders, watch_of
from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7


@transaction.atomic
def start_recall(*, shop_id: UUID, batch_id: UUID, actor: str, now: datetime) -> UUID:
    """Its id; the loop tells the holders. Once a batch, and only for one that is off sale: else more would be sold.

    Raises BatchMoved (not off sale), RecallRunning.
    """
    watched = watch_of(shop_id, batch_id)
    if watched is None or watched.pulled_at is None:
        raise BatchMoved
    found = holders(shop_id, batch_id)
    recall_id = uuid7()
    try:
        with transaction.atomic():
            recall = Recall.objects.create(
                id=recall_id, shop_id=shop_id, batch_id=batch_id, started_by=actor[:80], at=now, orders=len(found),
                codes=sum(len(one.code_ids) for one in found),
            )  # fmt: skip
    except IntegrityError:
        raise RecallRunning from None
    RecallItem.objects.bulk_create(
        RecallItem(
            shop_id=shop_id, recall=recall, order_id=one.order_id, line_id=one.line_id, code_ids=list(one.code_ids),
            next_at=now,
        )
        for one in found
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="aftersales.recall_started", subject=("batch", batch_id),
        data={"recall_id": str(recall_id), "orders": recall.orders, "codes": recall.codes}, now=now,
    )  # fmt: skip
    return recall_id
