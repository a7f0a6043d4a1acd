"""The order of a claim is refunded: the claim has what it asked for. Runs in the caller's transaction, order locked."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.orders import claim_states
from goodfor.orders.events import OrderClaimClosed
from goodfor.orders.models import Claim


def settle_claims(
    *, shop_id: UUID, order_id: UUID, number: str, claim_id: UUID | None = None, actor: str, cause: str, now: datetime
) -> int:
    """Close the open claims of an order, or one of them, as refunded; how many."""
    open_ones = Claim.objects.filter(shop_id=shop_id, order_id=order_id, state=claim_states.OPEN)
    if claim_id is not None:
        open_ones = open_ones.filter(id=claim_id)
    ids = list(open_ones.values_list("id", flat=True))
    for settled in ids:
        record_history(
            shop_id=shop_id,
            machine=claim_states.MACHINE,
            subject_id=settled,
            moves=[(claim_states.OPEN, claim_states.REFUNDED)],
            actor=actor,
            cause=cause,
            now=now,
        )
        closed = OrderClaimClosed(settled, order_id, number, claim_states.REFUNDED)
        publish(shop_id=shop_id, event=closed, cause=("order", order_id), now=now)
    return open_ones.update(state=claim_states.REFUNDED, closed_at=now) if ids else 0
