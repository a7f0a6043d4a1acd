"""Note that a bill or an agreement could not be booked, or could after all."""

from datetime import datetime
from uuid import UUID

from goodfor.finance.profit_models import StuckErrand
from goodfor.kernel.sql import Statement

_STUCK = Statement("goodfor.finance", "sql/errand_stuck.sql")


def note_stuck(*, shop_id: UUID, kind: str, subject_id: UUID, problem: str, now: datetime) -> None:
    """It waits, longer each time, and keeps no other waiting; the audit names it after an hour."""
    _STUCK.run({"shop_id": shop_id, "kind": kind, "subject_id": subject_id, "problem": problem[:80], "now": now})


def note_went_on(*, shop_id: UUID, subject_id: UUID) -> None:
    """It is stuck no more. Harmless where it was not."""
    StuckErrand.objects.filter(shop_id=shop_id, subject_id=subject_id).delete()
