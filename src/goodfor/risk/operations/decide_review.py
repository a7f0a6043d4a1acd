"""A review ends: a person decides, or its time is over."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.risk import rule_states as states
from goodfor.risk.errors import InvalidReview, ReviewDone, ReviewTaken
from goodfor.risk.operations.label import label
from goodfor.risk.operations.review_steps import SYSTEM, finish, hold_review, of_another
from goodfor.risk.review_models import ReviewPolicy
from goodfor.risk.types import BY_STAFF, Scene


@transaction.atomic
def decide_review(
    *, shop_id: UUID, review_id: UUID, outcome: str, actor: str, now: datetime, note: str = ""
) -> None:  # fmt: skip
    """Decide what one holds: `release` and `deny` become labels of the decision, `ask` does not.

    Raises ReviewNotFound, ReviewDone, ReviewTaken (it is in no hands or others', or the lease is over), InvalidReview,
    SecondPersonNeeded (it is about an act of their own).
    """
    if outcome not in states.REVIEW_OUTCOMES:
        raise InvalidReview(field="outcome")
    if len(note) > 400:
        raise InvalidReview(field="note")
    row = hold_review(shop_id, review_id)
    if row.state != states.TAKEN or row.taken_by != actor or row.lease_until is None or row.lease_until <= now:
        raise ReviewTaken
    of_another(row, actor)
    finish(row, outcome, note=note.strip(), actor=actor, now=now)
    if outcome != states.ASK:
        label(
            shop_id=shop_id, decision_id=row.decision_id, bad=outcome == states.DENY, source=states.REVIEWED,
            known_at=now, by=actor, now=now,
        )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_reviewed", subject=("risk_review", row.id),
        data={"outcome": outcome, "decision": str(row.decision_id), "scene": row.scene}, now=now,
    )  # fmt: skip


@transaction.atomic
def decide_overdue(*, shop_id: UUID, review_id: UUID, now: datetime) -> bool:
    """Do what the scene's default says when nobody decided in time; whether it was still to be done.

    It is no label: nobody looked.
    """
    try:
        row = hold_review(shop_id, review_id)
    except ReviewDone:
        return False
    if row.due_at > now:
        return False
    finish(row, row.overdue, note="", actor=SYSTEM, now=now)
    return True


@transaction.atomic
def set_review_policy(*, shop_id: UUID, scene: Scene, minutes: int, overdue: str, actor: str, now: datetime) -> None:
    """How long people have in a scene, and what happens after, for reviews from now on. Raises InvalidReview(field).

    What the staff do is never let through by waiting.
    """
    if not 1 <= minutes <= 43_200:
        raise InvalidReview(field="minutes")
    if overdue not in states.REVIEW_OUTCOMES or (scene in BY_STAFF and overdue == states.RELEASE):
        raise InvalidReview(field="overdue")
    ReviewPolicy.objects.update_or_create(
        shop_id=shop_id, scene=str(scene),
        defaults={"minutes": minutes, "overdue": overdue, "changed_by": actor[:80], "changed_at": now},
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_review_policy_set", subject=("shop", shop_id),
        data={"scene": str(scene), "minutes": minutes, "overdue": overdue}, now=now,
    )  # fmt: skip
