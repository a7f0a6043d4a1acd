"""A buyer takes a claim back: the code worked after all."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.orders import claim_states, store
from goodfor.orders.errors import ClaimNotFound
from goodfor.orders.events import OrderClaimClosed
from goodfor.orders.models import Claim


@transaction.atomic(savepoint=False)
def withdraw_claim(*, shop_id: UUID, order_id: UUID, claim_id: UUID, actor: str, now: datetime) -> None:
    """Close an open claim of an order without effect. Raises OrderNotFound, ClaimNotFound (also when it is closed)."""
    order = store.lock_order(shop_id, order_id)
    open_ones = Claim.objects.filter(shop_id=shop_id, order_id=order_id, id=claim_id, state=claim_states.OPEN)
    if not open_ones.update(state=claim_states.WITHDRAWN, closed_at=now):
        raise ClaimNotFound
    record_history(
        shop_id=shop_id,
        machine=claim_states.MACHINE,
        subject_id=claim_id,
        moves=[(claim_states.OPEN, claim_states.WITHDRAWN)],
        actor=actor,
        cause="withdrawn",
        now=now,
    )
    closed = OrderClaimClosed(claim_id, order_id, order.number, claim_states.WITHDRAWN)
    publish(shop_id=shop_id, event=closed, cause=("order", order_id), now=now)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="claim_withdrawn",
        subject=("order", order_id),
        data={"claim_id": str(claim_id)},
        now=now,
    )
