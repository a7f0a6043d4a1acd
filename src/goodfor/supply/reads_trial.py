"""Trials of another routing. Reached through `queries`."""

from uuid import UUID

from goodfor.supply.drafts import Sums, draft_of
from goodfor.supply.errors import TrialNotFound
from goodfor.supply.types import TrialView
from goodfor.supply.watch_models import Trial


def trial(shop_id: UUID, trial_id: UUID) -> TrialView:
    """One, as far as it is. Raises TrialNotFound."""
    row = Trial.objects.filter(shop_id=shop_id, id=trial_id).first()
    if row is None:
        raise TrialNotFound
    return _view(row)


def trials(shop_id: UUID, limit: int = 20) -> list[TrialView]:
    """The latest."""
    return [_view(row) for row in Trial.objects.filter(shop_id=shop_id).order_by("-created_at", "-id")[:limit]]


def _view(row: Trial) -> TrialView:
    sums = Sums.read(row.sums)
    return TrialView(
        id=row.id, state=row.state, problem=row.problem, draft=draft_of(row.draft), since=row.since, until=row.until,
        total=row.total, done=row.done, cut=row.cut, really=sums.of("really"), drafted=sums.of("draft"),
        changed=sums.changed, unserved=sums.unserved, really_unserved=sums.really_unserved,
        unrecorded=sums.unrecorded, created_at=row.created_at, ended_at=row.ended_at,
    )  # fmt: skip
