"""A buyer's wish to be forgotten: seven days to take it back."""

from datetime import datetime, timedelta

from django.db import transaction

from goodfor.identity import states
from goodfor.identity.buyer_models import Buyer
from goodfor.identity.errors import WrongBuyerState
from goodfor.identity.operations.end_session import revoke_sessions
from goodfor.identity.operations.note_change import note_change
from goodfor.identity.types import SignedInBuyer
from goodfor.kernel import audit
from goodfor.kernel.statemachine import record_history

GRACE = timedelta(days=7)


def request_deletion(*, buyer: SignedInBuyer, now: datetime) -> datetime:
    """Close the account in seven days; when. Other browsers are signed out. The face has asked for a fresh proof.

    Raises WrongBuyerState when that was wished already.
    """
    with transaction.atomic():
        _move(buyer, states.ACTIVE, states.CLOSING, now, erase_at=now + GRACE)
        revoke_sessions(buyer.shop_id, buyer.buyer_id, buyer.session_id, now)
    return now + GRACE


def cancel_deletion(*, buyer: SignedInBuyer, now: datetime) -> None:
    """Keep the account after all. Raises WrongBuyerState when it is not closing, or being erased already."""
    with transaction.atomic():
        _move(buyer, states.CLOSING, states.ACTIVE, now, erase_at=None)


def _move(buyer: SignedInBuyer, from_state: str, to_state: str, now: datetime, erase_at: datetime | None) -> None:
    rows = Buyer.objects.filter(shop_id=buyer.shop_id, pk=buyer.buyer_id, state=from_state, erasing_at__isnull=True)
    if not rows.update(state=to_state, erase_at=erase_at):
        raise WrongBuyerState
    actor = f"buyer:{buyer.buyer_id}"
    what = "deletion_requested" if to_state == states.CLOSING else "deletion_cancelled"
    record_history(
        shop_id=buyer.shop_id,
        machine=states.BUYER,
        subject_id=buyer.buyer_id,
        moves=[(from_state, to_state)],
        actor=actor,
        cause=what,
        now=now,
    )
    note_change(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, kind=what, now=now)
    audit.record(
        shop_id=buyer.shop_id,
        actor=actor,
        action=f"identity.buyer_{what}",
        subject=("buyer", buyer.buyer_id),
        data={"erase_at": erase_at.isoformat() if erase_at else None},
        now=now,
    )
