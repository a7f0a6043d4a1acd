"""What of a picked order came back is owed in time again, and its slot is open."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.orders import queries as orders
from goodfor.payments import queries as payments
from goodfor.subscriptions import accounts, states
from goodfor.subscriptions.locks import lock_period
from goodfor.subscriptions.models import Period, Pick, PickBack
from goodfor.subscriptions.schedule import REOPENED


@transaction.atomic(savepoint=False)
def give_pick_back(*, shop_id: UUID, order_id: UUID, refund_id: UUID, now: datetime) -> bool:
    """A refund of an order that a period had paid; false where it was no such one, or is known already.

    Once all of its price is back the slot is open again: until the period's end, or for a week where that is over.
    """
    found = Pick.objects.filter(shop_id=shop_id, order_id=order_id).first()
    if found is None:
        return False
    minor = payments.refund(shop_id, refund_id).amount.amount_minor
    _row, period = lock_period(shop_id, found.period_id)
    if PickBack.objects.filter(shop_id=shop_id, refund_id=refund_id).exists():
        return False
    made = Pick.objects.get(shop_id=shop_id, id=found.id)
    PickBack.objects.create(refund_id=refund_id, shop_id=shop_id, pick=made, minor=minor, at=now)
    made.back_minor += minor
    returned = made.back_minor == made.minor
    Pick.objects.filter(shop_id=shop_id, id=made.id, state=states.TAKEN).update(
        back_minor=made.back_minor, state=states.RETURNED if returned else states.TAKEN
    )
    if returned:
        record_history(
            shop_id=shop_id, machine=states.PICK, subject_id=made.id, moves=[(states.TAKEN, states.RETURNED)],
            actor="system", cause=f"refund:{refund_id}", now=now,
        )  # fmt: skip
        Period.objects.filter(shop_id=shop_id, id=period.id).update(
            picked=period.picked - 1, open_until=now + REOPENED if period.ends_at <= now + REOPENED else None
        )
    order = orders.order_view(shop_id, order_id)
    entry = accounts.pick_back_entry(
        refund_id=refund_id, pick_id=made.id, order_id=order_id, lines=order.lines, minor=minor,
        channel=order.channel, now=now,
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=period.currency, entries=(entry,), now=now)
    return True
