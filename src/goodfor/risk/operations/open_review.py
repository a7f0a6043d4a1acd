"""A decision waits for a person."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.risk import rule_states as states
from goodfor.risk.operations.review_steps import SYSTEM, time_and_default
from goodfor.risk.review_events import RiskReviewOpened
from goodfor.risk.review_models import Review
from goodfor.risk.types import Scene


@transaction.atomic
def open_review(
    *, shop_id: UUID, decision_id: UUID, scene: Scene, now: datetime, subject: tuple[str, UUID] | None = None,
    amount_minor: int = 0, currency: str = "",
) -> UUID:  # fmt: skip
    """Queue a decision, once; again answers the same review. In the caller's transaction where there is one."""
    time, overdue = time_and_default(shop_id, scene)
    kind, subject_id = subject or ("", None)
    try:
        with transaction.atomic():
            row = Review.objects.create(
                shop_id=shop_id, decision_id=decision_id, scene=str(scene), subject_type=kind, subject_id=subject_id,
                amount_minor=amount_minor, currency=currency, opened_at=now, due_at=now + time, overdue=overdue,
            )  # fmt: skip
    except IntegrityError:
        return Review.objects.get(shop_id=shop_id, decision_id=decision_id).id
    record_history(
        shop_id=shop_id, machine=states.REVIEW, subject_id=row.id, moves=[(None, states.WAITING)], actor=SYSTEM,
        cause=f"decision:{decision_id}", now=now,
    )  # fmt: skip
    event = RiskReviewOpened(
        review_id=row.id, decision_id=decision_id, scene=str(scene), due_at=row.due_at.isoformat()
    )  # fmt: skip
    publish(shop_id=shop_id, event=event, now=now, cause=("risk_decision", decision_id))
    return row.id
