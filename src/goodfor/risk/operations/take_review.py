"""Somebody takes a review into their hands, and gives it back."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.risk import rule_states as states
from goodfor.risk.errors import ReviewTaken
from goodfor.risk.operations.review_steps import LEASE, OF_STAFF, hold_review, moved, of_another, own_key
from goodfor.risk.review_models import Review
from goodfor.risk.review_queries import review
from goodfor.risk.rule_types import ReviewView
from goodfor.risk.types import Scene

_TAKE: Final = Statement("goodfor.risk", "sql/take_review.sql")


@transaction.atomic
def take_next(
    *, shop_id: UUID, actor: str, now: datetime, scenes: Collection[Scene] | None = None
) -> ReviewView | None:
    """The most urgent review that nobody holds, for `LEASE`; None: there is none. Two people never get the same.

    Nobody gets what is about an act of their own.
    """
    row = _TAKE.row(
        {
            "shop_id": shop_id,
            "actor": actor[:80],
            "now": now,
            "until": now + LEASE,
            "scenes": None if scenes is None else [str(scene) for scene in scenes],
            "of_staff": list(OF_STAFF),
            "own": own_key(shop_id, actor),
        }
    )
    if row is None:
        return None
    _took(shop_id, row[0], row[1], actor, now)
    return review(shop_id, row[0])


@transaction.atomic
def take(*, shop_id: UUID, review_id: UUID, actor: str, now: datetime) -> ReviewView:
    """This very one; who holds it already holds it longer.

    Raises ReviewNotFound, ReviewDone, ReviewTaken, SecondPersonNeeded (it is about an act of their own).
    """
    row = hold_review(shop_id, review_id)
    of_another(row, actor)
    lasts = row.lease_until is not None and row.lease_until > now
    if row.state == states.TAKEN and lasts and row.taken_by != actor:
        raise ReviewTaken
    if not (row.state == states.TAKEN and lasts):
        _took(shop_id, row.id, row.state, actor, now)
    Review.objects.filter(shop_id=shop_id, id=row.id).update(
        state=states.TAKEN, taken_by=actor[:80], lease_until=now + LEASE
    )
    return review(shop_id, row.id)


@transaction.atomic
def release_lock(*, shop_id: UUID, review_id: UUID, actor: str, now: datetime) -> None:
    """Give it back undecided. Raises ReviewNotFound, ReviewDone, ReviewTaken (it is not in these hands)."""
    row = hold_review(shop_id, review_id)
    if row.state != states.TAKEN or row.taken_by != actor:
        raise ReviewTaken
    moved(row, states.WAITING, actor=actor, cause="released", now=now)
    Review.objects.filter(shop_id=shop_id, id=row.id, state=states.TAKEN).update(
        state=states.WAITING, taken_by="", lease_until=None
    )


def _took(shop_id: UUID, review_id: UUID, before: str, actor: str, now: datetime) -> None:
    moves: list[tuple[str | None, str]] = [(states.WAITING, states.TAKEN)]
    if before == states.TAKEN:
        moves.insert(0, (states.TAKEN, states.WAITING))
    record_history(
        shop_id=shop_id, machine=states.REVIEW, subject_id=review_id, moves=moves, actor=actor,
        cause="taken" if before == states.WAITING else "lease_ended", now=now,
    )  # fmt: skip
