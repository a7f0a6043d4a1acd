"""Reviews and labels, for people to look at."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from goodfor.kernel.sql import Tally
from goodfor.risk import rule_states as states
from goodfor.risk.errors import ReviewNotFound
from goodfor.risk.review_models import Label, Review, ReviewPolicy
from goodfor.risk.rule_types import LabelView, PolicyView, ReviewView
from goodfor.risk.types import Scene

#: Who ends what nobody decided in time.
_BY_ITSELF: Final = "system"
#: How many reviews of a shop are not done, up to 1000.
waiting_reviews: Final = Tally(__package__, "sql/waiting_reviews.sql")


def review(shop_id: UUID, review_id: UUID) -> ReviewView:
    """One of them. Raises ReviewNotFound."""
    row = Review.objects.filter(shop_id=shop_id, id=review_id).first()
    if row is None:
        raise ReviewNotFound
    return _view(row)


def review_of_decision(shop_id: UUID, decision_id: UUID) -> ReviewView | None:
    """The review of a decision, if it has one."""
    row = Review.objects.filter(shop_id=shop_id, decision_id=decision_id).first()
    return _view(row) if row is not None else None


def last_said(
    shop_id: UUID, scene: Scene, subject: tuple[str, UUID], since: datetime, *, by_people: bool = False
) -> str:  # fmt: skip
    """How the latest review of a scene about a subject ended since then, by people or by itself; empty: none did.

    `by_people`: what only time let through does not count.
    """
    rows = Review.objects.filter(
        shop_id=shop_id, scene=str(scene), subject_type=subject[0], subject_id=subject[1], state=states.DONE,
        done_at__gte=since,
    )  # fmt: skip
    if by_people:
        rows = rows.exclude(outcome=states.RELEASE, done_by=_BY_ITSELF)
    return rows.order_by("-done_at").values_list("outcome", flat=True).first() or ""


def refused_any(shop_id: UUID, scene: Scene, kind: str, ids: Collection[UUID], since: datetime) -> bool:
    """Whether the latest review since then, of one at least of these subjects of a kind, ended with a no."""
    rows = Review.objects.filter(
        shop_id=shop_id, scene=str(scene), subject_type=kind, subject_id__in=list(ids), state=states.DONE,
        done_at__gte=since,
    ).order_by("subject_id", "-done_at")  # fmt: skip
    return states.DENY in set(rows.distinct("subject_id").values_list("outcome", flat=True))


def waits(shop_id: UUID, scene: Scene, subject: tuple[str, UUID]) -> bool:
    """Whether a review of a scene about a subject is still to be decided."""
    rows = Review.objects.filter(
        shop_id=shop_id, scene=str(scene), subject_type=subject[0], subject_id=subject[1]
    ).exclude(state=states.DONE)  # fmt: skip
    return rows.exists()


def review_queue(shop_id: UUID, *, scenes: Collection[Scene] | None = None, limit: int = 100) -> list[ReviewView]:
    """What is not done, most urgent first."""
    found = Review.objects.filter(shop_id=shop_id).exclude(state=states.DONE).order_by("due_at", "id")
    if scenes is not None:
        found = found.filter(scene__in=[str(scene) for scene in scenes])
    return [_view(row) for row in found[:limit]]


def reviews_done(shop_id: UUID, *, before: UUID | None = None, limit: int = 100) -> list[ReviewView]:
    """What is done, newest first; `before` is the last id of the page before."""
    found = Review.objects.filter(shop_id=shop_id, state=states.DONE).order_by("-id")
    return [_view(row) for row in (found.filter(id__lt=before) if before else found)[:limit]]


def review_counts(shop_id: UUID, now: datetime) -> dict[str, int]:
    """How many wait, are in hands, and of both are past their time."""
    found = Review.objects.filter(shop_id=shop_id).exclude(state=states.DONE).aggregate(
        open=Count("id", filter=Q(state=states.WAITING) | Q(lease_until__lte=now)),
        taken=Count("id", filter=Q(state=states.TAKEN, lease_until__gt=now)),
        overdue=Count("id", filter=Q(due_at__lte=now)),
    )  # fmt: skip
    return {name: int(count or 0) for name, count in found.items()}


def neighbours(shop_id: UUID, review_id: UUID) -> tuple[UUID | None, UUID | None]:
    """The review before and the one after in the queue, most urgent first; of one that is done: none and the first."""
    row = Review.objects.filter(shop_id=shop_id, id=review_id).values_list("due_at", "id", "state").first()
    queue = Review.objects.filter(shop_id=shop_id).exclude(state=states.DONE)
    if row is None or row[2] == states.DONE:
        return None, queue.order_by("due_at", "id").values_list("id", flat=True).first()
    due, own = row[0], row[1]
    before = queue.filter(Q(due_at__lt=due) | Q(due_at=due, id__lt=own)).order_by("-due_at", "-id")
    after = queue.filter(Q(due_at__gt=due) | Q(due_at=due, id__gt=own)).order_by("due_at", "id")
    return before.values_list("id", flat=True).first(), after.values_list("id", flat=True).first()


def policies(shop_id: UUID) -> list[PolicyView]:
    """How long people have in each scene, and what happens when nobody decided."""
    own = {
        scene: (minutes, overdue)
        for scene, minutes, overdue in ReviewPolicy.objects.filter(shop_id=shop_id).values_list(
            "scene", "minutes", "overdue"
        )
    }
    return [
        PolicyView(scene, *(own.get(str(scene)) or default), str(scene) in own)
        for scene, default in states.REVIEW_DEFAULTS.items()
    ]


def labels_of(
    shop_id: UUID, *, decision_id: UUID | None = None, subject: tuple[str, UUID] | None = None
) -> list[LabelView]:
    """All labels, the one that holds first. Of a decision with its subject: give both."""
    asked = Q(decision_id=decision_id) if decision_id else Q(pk__in=[])
    if subject is not None:
        asked |= Q(subject_type=subject[0], subject_id=subject[1])
    found = Label.objects.filter(asked, shop_id=shop_id).order_by("-known_at", "-id")
    return [
        LabelView(
            row.id, row.decision_id, (row.subject_type, row.subject_id) if row.subject_id else None, row.bad,
            row.source, row.known_at, row.by, row.note,
        )
        for row in found
    ]  # fmt: skip


def _view(row: Review) -> ReviewView:
    return ReviewView(
        row.id, row.decision_id, Scene(row.scene), row.state, row.opened_at, row.due_at, row.amount_minor,
        row.currency, (row.subject_type, row.subject_id) if row.subject_id else None, row.taken_by, row.lease_until,
        row.outcome, row.note, row.done_by, row.done_at,
    )  # fmt: skip
