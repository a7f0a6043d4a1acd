"""A day of reconciliation is closed by two: one asks, another one agrees."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.recon.closing_models import DayAsk
from goodfor.recon.errors import DayAsked, DayClosed, DayNotClosable, NotAsked, SecondNeeded
from goodfor.recon.locks import lock_day
from goodfor.recon.operations.close_day import close_day
from goodfor.recon.sheet import Expected, against_closing, day_sheet
from goodfor.recon.types import DaySheet


def ask_day(
    *, shop_id: UUID, day: date, expected: Expected, note: str = "", actor: str, now: datetime
) -> None:  # fmt: skip
    """Ask for a day to be closed, as its sheet stands. Raises DayClosed, DayNotClosable with the reasons, DayAsked."""
    with transaction.atomic():
        lock_day(shop_id, day)
        sheet = day_sheet(shop_id, day, expected)
        if sheet.closed_at is not None:
            raise DayClosed(day=day.isoformat())
        if reasons := against_closing(sheet, now):
            raise DayNotClosable(reasons=[list(reason) for reason in reasons])
        known = DayAsk.objects.filter(shop_id=shop_id, day=day)
        words = {"asked_by": actor[:100], "asked_at": now, "note": note.strip()[:300], "withdrawn_at": None}
        if known.filter(withdrawn_at=None).exists():
            raise DayAsked
        if not known.update(**words):
            DayAsk.objects.create(shop_id=shop_id, day=day, **words)
        _audit(shop_id, "recon.day_asked", day, actor, now)


def withdraw_day(*, shop_id: UUID, day: date, actor: str, now: datetime) -> None:
    """Ask no more; who agreed to look and does not like it may end it, too. Raises DayClosed, NotAsked."""
    with transaction.atomic():
        lock_day(shop_id, day)
        _still_open(shop_id, day)
        if not DayAsk.objects.filter(shop_id=shop_id, day=day, withdrawn_at=None).update(withdrawn_at=now):
            raise NotAsked
        _audit(shop_id, "recon.day_ask_withdrawn", day, actor, now)


def agree_day(
    *, shop_id: UUID, day: date, expected: Expected, alone: bool = False, actor: str, now: datetime
) -> DaySheet:  # fmt: skip
    """Close a day that somebody else asked for, as its sheet stands now. `alone`: nobody else is there to ask.

    Raises SecondNeeded (nobody asked, or oneself did), DayClosed, DayNotClosable.
    """
    with transaction.atomic():
        lock_day(shop_id, day)
        asked = DayAsk.objects.filter(shop_id=shop_id, day=day, withdrawn_at=None).first()
        by = asked.asked_by if asked and asked.asked_by != actor[:100] else ""
        if not by and not alone:
            raise SecondNeeded
        return close_day(shop_id=shop_id, day=day, expected=expected, asked_by=by, actor=actor, now=now)


def _still_open(shop_id: UUID, day: date) -> None:
    if day_sheet(shop_id, day, lambda _shop, _day: ()).closed_at is not None:
        raise DayClosed(day=day.isoformat())


def _audit(shop_id: UUID, action: str, day: date, actor: str, now: datetime) -> None:
    audit.record(
        shop_id=shop_id, actor=actor, action=action, subject=("recon.shop", shop_id), data={"day": day.isoformat()},
        now=now,
    )  # fmt: skip
