"""Small steps that operations on reviews share; each runs in its caller's transaction."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.risk import rule_states as states
from goodfor.risk.errors import ReviewDone, ReviewNotFound, SecondPersonNeeded
from goodfor.risk.keys import key_of
from goodfor.risk.operations.rule_steps import patient
from goodfor.risk.review_events import RiskReviewed
from goodfor.risk.review_models import Review, ReviewPolicy
from goodfor.risk.types import KeyKind, Scene

SYSTEM: Final = "system"
#: How long a person holds what they took.
LEASE: Final = timedelta(minutes=10)
#: What the staff do themselves: who did it lets nobody through by it, least of all themselves.
OF_STAFF: Final = (str(Scene.STAFF_VIEW), str(Scene.EXPORT), str(Scene.SIGN_IN))
_LOCK: Final = Statement("goodfor.risk", "sql/lock_review.sql")
_OWN: Final = Statement("goodfor.risk", "sql/own_act.sql")


def time_and_default(shop_id: UUID, scene: Scene) -> tuple[timedelta, str]:
    """How long people have, and what happens when nobody decided."""
    row = ReviewPolicy.objects.filter(shop_id=shop_id, scene=str(scene)).values_list("minutes", "overdue").first()
    minutes, overdue = row or states.REVIEW_DEFAULTS[scene]
    return timedelta(minutes=minutes), overdue


def hold_review(shop_id: UUID, review_id: UUID) -> Review:
    """Lock a review for the rest of the transaction. Raises ReviewNotFound, ReviewDone."""
    patient()
    if _LOCK.row({"shop_id": shop_id, "id": review_id}) is None:
        raise ReviewNotFound
    row = Review.objects.get(shop_id=shop_id, id=review_id)
    if row.state == states.DONE:
        raise ReviewDone
    return row


def own_key(shop_id: UUID, actor: str) -> int:
    """What somebody's own acts are counted by; 0 for nobody."""
    return key_of(shop_id, KeyKind.BUYER, actor) or 0


def is_own(shop_id: UUID, decision_id: UUID, actor: str) -> bool:
    """Whether a decision is about what this very person did."""
    own = {"shop_id": shop_id, "decision_id": decision_id, "own": own_key(shop_id, actor)}
    return _OWN.row(own) is not None


def of_another(row: Review, actor: str) -> None:
    """Raises SecondPersonNeeded where a review is about what this very person did."""
    if row.scene not in OF_STAFF:
        return
    if is_own(row.shop_id, row.decision_id, actor):
        raise SecondPersonNeeded


def moved(row: Review, to: str, *, actor: str, cause: str, now: datetime) -> None:
    """History of a move that is written by the caller. Raises IllegalTransition."""
    record_history(
        shop_id=row.shop_id, machine=states.REVIEW, subject_id=row.id, moves=[(row.state, to)], actor=actor,
        cause=cause, now=now,
    )  # fmt: skip


def finish(row: Review, outcome: str, *, note: str, actor: str, now: datetime) -> None:
    """A held review ends, and whoever waits for it hears."""
    moved(row, states.DONE, actor=actor, cause=outcome, now=now)
    Review.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(
        state=states.DONE, outcome=outcome, note=note[:400], done_by=actor[:80], done_at=now, taken_by="",
        lease_until=None,
    )  # fmt: skip
    publish(
        shop_id=row.shop_id,
        event=RiskReviewed(
            review_id=row.id, decision_id=row.decision_id, scene=row.scene, subject_type=row.subject_type,
            subject_id=row.subject_id, outcome=outcome, automatic=actor == SYSTEM,
        ),
        now=now, cause=("risk_review", row.id),
    )  # fmt: skip
