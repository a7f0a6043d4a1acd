"""Close a day of reconciliation: nothing of it is compared anew."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.recon.case_models import ClosedDay
from goodfor.recon.errors import DayClosed, DayNotClosable
from goodfor.recon.events import DayWasClosed
from goodfor.recon.locks import lock_day
from goodfor.recon.sheet import Expected, against_closing, day_sheet
from goodfor.recon.types import DaySheet


def close_day(
    *, shop_id: UUID, day: date, expected: Expected, asked_by: str = "", actor: str, now: datetime
) -> DaySheet:  # fmt: skip
    """Close it with its sheet as it stands; `asked_by`: who wanted it, somebody else (`agree_day`).

    Raises DayClosed, DayNotClosable with the reasons.
    """
    with transaction.atomic():
        lock_day(shop_id, day)
        sheet = day_sheet(shop_id, day, expected)
        if sheet.closed_at is not None:
            raise DayClosed(day=day.isoformat())
        if reasons := against_closing(sheet, now):
            raise DayNotClosable(reasons=[list(reason) for reason in reasons])
        ClosedDay.objects.create(
            shop_id=shop_id, day=day, closed_at=now, closed_by=actor[:100], asked_by=asked_by[:100], sheet={
                "accounts": [
                    {
                        "area": one.area, "account": one.account, "version": one.run.version if one.run else 0,
                        "matched": one.run.matched if one.run else 0, "breaks": dict(one.run.breaks) if one.run else {},
                        "theirs_minor": one.theirs_minor, "books_minor": one.books_minor, "waiting": one.pool_waiting,
                    }
                    for one in sheet.accounts
                ]
            },
        )  # fmt: skip
        publish(shop_id=shop_id, event=DayWasClosed(day.isoformat()), cause=("recon.shop", shop_id), now=now)
        audit.record(
            shop_id=shop_id, actor=actor, action="recon.day_closed", subject=("recon.shop", shop_id),
            data={"day": day.isoformat(), **({"asked_by": asked_by} if asked_by else {})}, now=now,
        )  # fmt: skip
    return day_sheet(shop_id, day, expected)
