"""Files that nobody confirmed do not lie about: after an hour they are gone."""

import time
from datetime import datetime, timedelta

from goodfor.kernel.errors import Conflict
from goodfor.kernel.tenancy import platform_job
from goodfor.vault.importing.intake_files import folder
from goodfor.vault.models import Intake
from goodfor.vault.operations.cancel_intake import cancel_intake
from goodfor.vault.states import CHECKED, INTAKE_ENDED, REFUSED, WAITING

KEPT = timedelta(hours=1)


def tidy_intakes(*, now: datetime) -> int:
    """Drop what nobody touched for an hour before it was confirmed, and files without an owner; returns how many."""
    with platform_job("files that nobody confirmed"):
        old = Intake.objects.filter(state__in=(WAITING, CHECKED, REFUSED), touched_at__lt=now - KEPT)
        due = list(old.values_list("shop_id", "id")[:200])
    count = 0
    for shop_id, intake_id in due:
        try:
            cancel_intake(shop_id=shop_id, intake_id=intake_id, actor="system", cause="not confirmed", now=now)
        except Conflict:
            continue
        count += 1
    return count + _without_owner()


def _without_owner() -> int:
    """Uploads that broke off, and what a killed process could not delete any more."""
    with platform_job("files on their way in"):
        live = {str(one) for one in Intake.objects.exclude(state__in=INTAKE_ENDED).values_list("id", flat=True)}
    count, before = 0, time.time() - KEPT.total_seconds()
    for path in folder().iterdir():
        if path.stem not in live and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            count += 1
    return count
