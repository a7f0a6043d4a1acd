"""Days of paid periods become income: one statement and one ledger entry a shop and day."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel.faultpoints import reach
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.subscriptions import accounts
from goodfor.subscriptions.models import Day
from goodfor.subscriptions.operations.steps import zone_of
from goodfor.subscriptions.schedule import end_of

_FIRST: Final = Statement("goodfor.subscriptions", "sql/first_day.sql")
_RECOGNISE: Final = Statement("goodfor.subscriptions", "sql/recognise.sql")
#: Days that are caught up in a run.
MOST_DAYS: Final = 62
_BLINK: Final = timedelta(microseconds=1)


def recognise_days(*, shop_id: UUID, now: datetime) -> int:
    """Every day of a shop that is over by its clock and was not done; how many."""
    yesterday = now.astimezone(zone_of(shop_id)).date() - timedelta(days=1)
    row = _FIRST.row({"shop_id": shop_id})
    day: date | None = row[0] if row else None
    done = 0
    while day is not None and day <= yesterday and done < MOST_DAYS:
        recognise_day(shop_id=shop_id, day=day, now=now)
        day, done = day + timedelta(days=1), done + 1
    return done


def recognise_day(*, shop_id: UUID, day: date, now: datetime) -> int:
    """Minor units of a day; 0 where it is done already.

    All that is due by then and was not recognised goes with it: what was paid late is caught up with the next day.
    """
    zone = zone_of(shop_id)
    try:
        with transaction.atomic():
            made = Day.objects.create(id=uuid7(), shop_id=shop_id, day=day, at=now)
            rows = _RECOGNISE.rows({"shop_id": shop_id, "day": day, "now": now})
            entries = [
                (currency, accounts.day_entry(run_id=made.id, day=day, currency=currency, minor=minor,
                                              at=end_of(day, zone) - _BLINK))
                for currency, minor, _count in rows
            ]  # fmt: skip
            total = sum(minor for _currency, minor, _count in rows)
            Day.objects.filter(shop_id=shop_id, id=made.id).update(
                minor=total, periods=sum(count for _currency, _minor, count in rows)
            )
            reach("subscriptions.recognising")
            for currency, entry in entries:
                if entry is not None:
                    ledger.post(shop_id=shop_id, currency=currency, entries=(entry,), now=now)
    except IntegrityError as error:
        if "subscriptions_day_once" not in str(error):
            raise
        return 0
    return int(total)
