"""What was bought for a claim came, or cannot be had."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.orders import claim_states, store
from goodfor.orders.events import OrderReplacementFailed
from goodfor.orders.models import Claim
from goodfor.orders.operations.move_claim import locked_claim, move_claim
from goodfor.orders.operations.put_in_place import put_in_place
from goodfor.supply.operations.close_want import give_up
from goodfor.vault import operations as vault
from goodfor.vault.errors import ReservationLost


@transaction.atomic
def finish_replacement(*, shop_id: UUID, claim_id: UUID, now: datetime) -> str:
    """Suppliers delivered all that a claim wanted: put it in place; the claim's state after.

    Harmless when repeated, and after the order was refunded: what came late is for others. Where the reservation was
    lost (expired or suspect codes), it failed. Raises ClaimNotFound.
    """
    reach("orders.replacement_came")
    order, claim = locked_claim(shop_id, claim_id)
    if claim.state != claim_states.REPLACING:
        vault.release(shop_id=shop_id, holder_id=claim.id, now=now)
        return claim.state
    try:
        with transaction.atomic():
            put_in_place(shop_id=shop_id, order=order, claim=claim, actor="system", cause="supplied", now=now)
    except ReservationLost:
        _failed(shop_id, order, claim, "reservation_lost", now)
    reach("orders.replacement_put")
    return claim.state


@transaction.atomic
def fail_replacement(*, shop_id: UUID, claim_id: UUID, reason: str, now: datetime) -> str:
    """No supplier could, or none in time: the claim is open again, its codes stay in quarantine; its state after.

    What came of several parts is for others. Harmless when repeated. Raises ClaimNotFound.
    """
    order, claim = locked_claim(shop_id, claim_id)
    if claim.state == claim_states.REPLACING:
        _failed(shop_id, order, claim, reason, now)
    return claim.state


def _failed(shop_id: UUID, order: store.LockedOrder, claim: Claim, reason: str, now: datetime) -> None:
    give_up(shop_id=shop_id, order_id=order.id, line_id=claim.id, reason=reason, now=now)
    vault.release(shop_id=shop_id, holder_id=claim.id, now=now)
    move_claim(claim, claim_states.OPEN, actor="system", cause=reason, now=now)
    event = OrderReplacementFailed(claim.id, order.id, order.number)
    publish(shop_id=shop_id, event=event, cause=("order", order.id), now=now)
    reach("orders.replacement_failed")
