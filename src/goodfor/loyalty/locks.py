"""Locks of this room that are not part of one statement."""

from uuid import UUID

from goodfor.kernel.locks import advisory_xact_lock
from goodfor.loyalty.models import RunMark


def lock_terms(shop_id: UUID) -> None:
    """One at a time says what points are worth."""
    advisory_xact_lock(("points", shop_id))


def lock_hand(shop_id: UUID, actor: str) -> None:
    """What one person gives by hand in a day is counted by one at a time."""
    advisory_xact_lock(("points_hand", shop_id, actor))


def lock_run(shop_id: UUID, name: str) -> RunMark | None:
    """A run that is not through, held until the transaction ends: who asks for it again waits for its step."""
    return RunMark.objects.select_for_update().filter(shop_id=shop_id, name=name, through=False).first()
