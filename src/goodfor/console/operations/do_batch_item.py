"""Do the next row of a batch: the act and its mark in one transaction, so that a killed worker repeats nothing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from goodfor.console import states
from goodfor.console.listing.spec import Act, ActContext
from goodfor.console.models import Batch, BatchItem
from goodfor.kernel.errors import DomainError
from goodfor.orders.operations.note_refund_cap import note_refund_cap


def do_batch_item(*, shop_id: UUID, batch_id: UUID, act: Act, now: datetime) -> bool:
    """Do one row, or note why it was refused; False when none is left, and the batch is done."""
    batch = Batch.objects.get(shop_id=shop_id, id=batch_id)
    if batch.state == states.WAITING:
        _move(batch, states.RUNNING, now)
    items = BatchItem.objects.filter(shop_id=shop_id, batch_id=batch_id, state=states.WAITING)
    item = items.order_by("position").first()
    if item is None:
        _move(batch, states.DONE, now)
        return False
    context = ActContext(shop_id, batch.params["actor"], batch.params["note"], now, batch.params.get("values", {}))
    try:
        with transaction.atomic():
            act.run(context, item.subject_id)
            _mark(item, states.DONE, "")
    except DomainError as error:
        with transaction.atomic():
            _mark(item, states.REFUSED, error.code)
        # What refused it may be for the staff to know, which the refused transaction could not keep.
        note_refund_cap(shop_id=shop_id, error=error, now=now)
    return True


def _mark(item: BatchItem, state: str, problem: str) -> None:
    mine = BatchItem.objects.filter(shop_id=item.shop_id, batch_id=item.batch_id, position=item.position)
    if mine.filter(state=states.WAITING).update(state=state, problem=problem[:64]) != 1:
        raise RuntimeError("a row of a batch is done once")
    column = "done" if state == states.DONE else "refused"
    Batch.objects.filter(shop_id=item.shop_id, id=item.batch_id).update(**{column: F(column) + 1})


def _move(batch: Batch, to_state: str, now: datetime) -> None:
    if batch.state == to_state:
        return
    states.BATCH.check(batch.state, to_state)
    stamp = {"finished_at": now} if to_state == states.DONE else {}
    Batch.objects.filter(shop_id=batch.shop_id, id=batch.id, state=batch.state).update(state=to_state, **stamp)
