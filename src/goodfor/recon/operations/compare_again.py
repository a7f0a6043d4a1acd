"""Have an account's day compared again, because a person wants to."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.recon.case_models import ClosedDay
from goodfor.recon.errors import DayClosed, RunNotFound
from goodfor.recon.locks import lock_day
from goodfor.recon.models import Run
from goodfor.recon.operations.reconcile import mark_stale


def compare_again(*, shop_id: UUID, run_id: UUID, actor: str, now: datetime) -> date:
    """The loop compares anew within a minute: a new version, what was found before stays as it was. Returns the day.

    Raises RunNotFound, DayClosed.
    """
    with transaction.atomic():
        run = Run.objects.filter(shop_id=shop_id, id=run_id).first()
        if run is None:
            raise RunNotFound
        lock_day(shop_id, run.day)
        if ClosedDay.objects.filter(shop_id=shop_id, day=run.day).exists():
            raise DayClosed(day=run.day.isoformat())
        if mark_stale(shop_id=shop_id, area=run.area, account=run.account, days=[run.day]):
            audit.record(
                shop_id=shop_id, actor=actor, action="recon.compared_again", subject=("recon.run", run_id),
                data={"account": f"{run.area}:{run.account}", "day": run.day.isoformat()}, now=now,
            )  # fmt: skip
    return run.day
