"""Holders are reminded: of codes that they have not looked at for two days, and of what ends in a week or a day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.cards import queries as cards
from goodfor.gifts import states
from goodfor.gifts.events import HeldReminder
from goodfor.gifts.held import unseen_of
from goodfor.gifts.held_models import FOREVER
from goodfor.gifts.models import Item, Walk
from goodfor.gifts.types import DAY, UNSEEN, WEEK
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.promotions import queries as promotions

MOST: Final = 200
_ENDING: Final = Statement("goodfor.gifts", "sql/ending.sql")
_RESTING: Final = Statement("goodfor.gifts", "sql/resting.sql")
_TELL: Final = Statement("goodfor.gifts", "sql/tell.sql")
_FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that a holder is reminded of; `at`: by what it lies in order."""

    shop_id: UUID
    id: UUID
    holder_ref: str
    title: str
    number: str
    ends_at: datetime | None
    at: datetime


Source = Callable[[datetime, UUID, datetime, int], Sequence[Due]]


def _codes(since: datetime, after: UUID, until: datetime, most: int) -> Sequence[Due]:
    rows = _ENDING.rows({"since": since, "after": after, "until": until, "most": most})
    return [Due(row[0], row[1], row[2], row[3], row[4], row[5], row[5]) for row in rows]


def _resting(since: datetime, after: UUID, until: datetime, most: int) -> Sequence[Due]:
    rows = _RESTING.rows({"since": since, "after": after, "until": until, "most": most})
    return [Due(row[0], row[1], row[2], row[3], row[4], row[5] if row[5] < FOREVER else None, row[6]) for row in rows]


def _cards(since: datetime, after: UUID, until: datetime, most: int) -> Sequence[Due]:
    rows = cards.ending_cards(since, after, until, most)
    return [Due(row[0], row[1], row[2], row[3], "", row[4], row[4]) for row in rows]


def _coupons(since: datetime, after: UUID, until: datetime, most: int) -> Sequence[Due]:
    rows = promotions.ending_coupons(since, after, until, most)
    return [Due(row[0], row[1], row[2], row[3], "", row[4], row[4]) for row in rows]


#: What is looked at: of which kind, what is said, and how far from now it lies.
WALKS: Final[Mapping[str, tuple[str, str, timedelta, Source]]] = {
    f"{kind}.{what}": (kind, what, lead, source)
    for kind, what, lead, source in (
        (states.CODES, UNSEEN, timedelta(hours=-48), _resting),
        (states.CODES, WEEK, timedelta(days=7), _codes),
        (states.CODES, DAY, timedelta(days=1), _codes),
        (states.CARD, WEEK, timedelta(days=7), _cards),
        (states.CARD, DAY, timedelta(days=1), _cards),
        (states.COUPON, WEEK, timedelta(days=7), _coupons),
        (states.COUPON, DAY, timedelta(days=1), _coupons),
    )
}


@transaction.atomic(savepoint=False)
def remind(*, walk: str, now: datetime) -> int:
    """The next stretch of one of `WALKS`, over all shops; how many were looked at.

    What was told is written down with the news, so that each is told once, whatever stops in between. The first time
    it begins here: what lies before is nobody's news any more.
    """
    kind, what, lead, source = WALKS[walk]
    until = now + lead
    row, _new = Walk.objects.get_or_create(name=walk, defaults={"at": until, "after": _FIRST})
    with platform_job("reminders of what people hold"):
        found = source(row.at, row.after, until, MOST)
        told = _tell(kind, what, found, now)
    for due in told:
        ends_at = due.ends_at.isoformat() if due.ends_at else ""
        event = HeldReminder(due.id, due.holder_ref, kind, what, due.title, due.number, ends_at)
        publish(shop_id=due.shop_id, event=event, cause=("held", due.id), now=now)
    last = (found[-1].at, found[-1].id) if len(found) == MOST else (max(row.at, until), _FIRST)
    Walk.objects.filter(name=walk).update(at=last[0], after=last[1])
    return len(found)


def _tell(kind: str, what: str, found: Sequence[Due], now: datetime) -> list[Due]:
    """Those to be told now: of codes, where one is unseen; each holder once."""
    if kind == states.CODES:
        rows = list(Item.objects.filter(id__in=[due.id for due in found]))
        unseen = {one for row in rows for one in unseen_of(row.shop_id, [row])}
        found = [due for due in found if due.id in unseen]
    if not found:
        return []
    new = set(
        _TELL.rows(
            {
                "shops": [due.shop_id for due in found], "subjects": [due.id for due in found],
                "holders": [due.holder_ref for due in found], "what": what, "now": now,
            }
        )
    )  # fmt: skip
    return [due for due in found if (due.id, due.holder_ref) in new]
