"""A buyer takes a claim back: the code worked after all."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.orders import claim_states, store
from goodfor.orders.errors import ClaimNotFound
from goodfor.orders.models import Claim
from goodfor.orders.operations.move_claim import end_units, keep_trail, move_claim, tell_closed


@transaction.atomic(savepoint=False)
def withdraw_claim(*, shop_id: UUID, order_id: UUID, claim_id: UUID, actor: str, now: datetime) -> None:
    """Close an open claim of an order without effect. Raises OrderNotFound, ClaimNotFound (also when it is closed, or
    being replaced)."""
    order = store.lock_order(shop_id, order_id)
    claim = Claim.objects.filter(shop_id=shop_id, order_id=order_id, id=claim_id, state=claim_states.OPEN).first()
    if claim is None:
        raise ClaimNotFound
    end_units(claim, now)
    move_claim(claim, claim_states.WITHDRAWN, actor=actor, cause="withdrawn", now=now)
    tell_closed(order, claim, now)
    keep_trail(order, claim, "claim_withdrawn", actor, now)
