"""The order of a claim is refunded: the claim has what it asked for. Runs in the caller's transaction, order locked."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.orders import claim_states
from goodfor.orders.events import OrderClaimClosed
from goodfor.orders.models import Claim


def settle_claims(*, shop_id: UUID, order_id: UUID, number: str, actor: str, cause: str, now: datetime) -> int:
    """Close the open claims of an order as refunded; how many."""
    open_ones = Claim.objects.filter(shop_id=shop_id, order_id=order_id, state=claim_states.OPEN)
    ids = list(open_ones.values_list("id", flat=True))
    for claim_id in ids:
        record_history(
            shop_id=shop_id,
            machine=claim_states.MACHINE,
            subject_id=claim_id,
            moves=[(claim_states.OPEN, claim_states.REFUNDED)],
            actor=actor,
            cause=cause,
            now=now,
        )
        closed = OrderClaimClosed(claim_id, order_id, number, claim_states.REFUNDED)
        publish(shop_id=shop_id, event=closed, cause=("order", order_id), now=now)
    return open_ones.update(state=claim_states.REFUNDED, closed_at=now) if ids else 0
