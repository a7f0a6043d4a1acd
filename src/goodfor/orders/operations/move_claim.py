"""Steps that the operations on claims share. In the caller's transaction, with the row of the claim's order locked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.orders import claim_states, states, store
from goodfor.orders.errors import ClaimMoved, ClaimNotFound, WrongState
from goodfor.orders.events import OrderClaimClosed
from goodfor.orders.models import Claim, ClaimUnit


def locked_claim(shop_id: UUID, claim_id: UUID) -> tuple[store.LockedOrder, Claim]:
    """A claim as it is under the lock of its order. Raises ClaimNotFound."""
    claims = Claim.objects.filter(shop_id=shop_id, id=claim_id)
    order_id = claims.values_list("order_id", flat=True).first()
    if order_id is None:
        raise ClaimNotFound
    order = store.lock_order(shop_id, order_id)
    return order, claims.get()


def check_open(order: store.LockedOrder, claim: Claim, state: str = claim_states.OPEN) -> None:
    """Raise ClaimMoved unless it is in this state, WrongState unless its order is delivered."""
    if claim.state != state:
        raise ClaimMoved(state=claim.state)
    if order.state != states.DELIVERED:
        raise WrongState(state=order.state)


def move_claim(claim: Claim, to_state: str, *, actor: str, cause: str, now: datetime, **more: Any) -> None:
    """Change its state, with `more` columns, and write the history. Raises IllegalTransition."""
    before = claim.state
    closed_at = None if to_state in claim_states.LIVE else now
    claim_states.MACHINE.check(before, to_state)
    rows = Claim.objects.filter(shop_id=claim.shop_id, id=claim.id, state=before)
    if not rows.update(state=to_state, closed_at=closed_at, **more):
        raise RuntimeError("a claim changed under its order's lock")
    claim.state, claim.closed_at = to_state, closed_at
    record_history(
        shop_id=claim.shop_id,
        machine=claim_states.MACHINE,
        subject_id=claim.id,
        moves=[(before, to_state)],
        actor=actor,
        cause=cause[:80],
        now=now,
    )


def tell_closed(order: store.LockedOrder, claim: Claim, now: datetime) -> None:
    """Publish how it ended."""
    closed = OrderClaimClosed(claim.id, order.id, order.number, claim.state)
    publish(shop_id=claim.shop_id, event=closed, cause=("order", order.id), now=now)


def keep_trail(order: store.LockedOrder, claim: Claim, action: str, actor: str, now: datetime, **data: Any) -> None:
    """An audit line about it."""
    audit.record(
        shop_id=claim.shop_id,
        actor=actor,
        action=action,
        subject=("order", order.id),
        data={"claim_id": str(claim.id), **data},
        now=now,
    )


def live_units(shop_id: UUID, claim_ids: Sequence[UUID]) -> list[ClaimUnit]:
    """Units of claims that nothing came of yet, by their codes."""
    rows = ClaimUnit.objects.filter(shop_id=shop_id, claim_id__in=claim_ids, state=claim_states.UNIT_LIVE)
    return list(rows.order_by("code_id"))


def end_units(claim: Claim, now: datetime) -> None:
    """Nothing comes of its live units."""
    units = ClaimUnit.objects.filter(shop_id=claim.shop_id, claim_id=claim.id, state=claim_states.UNIT_LIVE)
    units.update(state=claim_states.UNIT_NONE, at=now)
