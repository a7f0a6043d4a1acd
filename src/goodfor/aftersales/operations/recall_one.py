"""One holder of recalled codes: made whole where nobody had looked at them, else told and offered a remedy."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.batch_models import RecallItem
from goodfor.aftersales.events import RecallOffered
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.kernel import faultpoints
from goodfor.kernel.events import publish
from goodfor.orders import queries as orders
from goodfor.orders.errors import ClaimExists, InvalidClaim, WrongState
from goodfor.vault import queries as vault

SYSTEM: Final = "system"
#: What could not be done now is tried again so much later.
AGAIN: Final = timedelta(minutes=5)


def recall_one(*, shop_id: UUID, item_id: UUID, now: datetime) -> str:
    """The item's state after.

    A process that dies between the claim and the note of it finds, the next time, that its codes had a remedy: `over`.
    Codes of one line go together: where one was looked at, the buyer is asked about all of them.
    """
    item = RecallItem.objects.get(shop_id=shop_id, id=item_id)
    if item.state != states.RECALL_DUE:
        return item.state
    state = _worked(item, now)
    faultpoints.reach("aftersales.recalling")
    with transaction.atomic():
        found = RecallItem.objects.filter(shop_id=shop_id, id=item_id, state=states.RECALL_DUE)
        if found.update(state=state, told_at=now, next_at=None) and state == states.OFFERED:
            number = orders.order_view(shop_id, item.order_id).number
            event = RecallOffered(item.recall_id, item.order_id, number, item.line_id, len(item.code_ids))
            publish(shop_id=shop_id, event=event, cause=("aftersales.recall", item.recall_id), now=now)
    return state


def put_off_recall(*, shop_id: UUID, item_id: UUID, now: datetime) -> None:
    """It failed for now."""
    RecallItem.objects.filter(shop_id=shop_id, id=item_id, state=states.RECALL_DUE).update(next_at=now + AGAIN)


def _worked(item: RecallItem, now: datetime) -> str:
    found = vault.origin(item.shop_id, item.code_ids)
    if any(one.revealed_at is not None for one in found.values()):
        return states.OFFERED
    try:
        make_claim(
            shop_id=item.shop_id, order_id=item.order_id, line_id=item.line_id, reason="invalid",
            code_ids=item.code_ids, fresh=True, actor=SYSTEM, now=now,
        )  # fmt: skip
    except (ClaimExists, WrongState, InvalidClaim):
        # Its buyer was faster, or had the money back.
        return states.OVER
    return states.CLAIMED
