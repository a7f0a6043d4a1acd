"""Locks of this room that are not part of one statement."""

from uuid import UUID

from goodfor.kernel.locks import advisory_xact_lock


def lock_terms(shop_id: UUID) -> None:
    """One at a time says what points are worth."""
    advisory_xact_lock(("points", shop_id))
