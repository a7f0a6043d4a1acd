"""What is asked before a month of the books is closed. Part of `queries`.

Softly: it is over and the books balance. For good: every day that has something to compare is closed, too. What came
to clearing accounts and did not leave them in time is told either way.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.ledger import queries as ledger
from goodfor.recon import states
from goodfor.recon.case_models import Case
from goodfor.recon.desk import closed_days
from goodfor.recon.desk_types import Condition, MonthCheck
from goodfor.recon.sheet import Expected

BEIJING: Final = ZoneInfo("Asia/Shanghai")
#: How many places a condition names.
SHOWN: Final = 12


def month_check(shop_id: UUID, month: date, expected: Expected, now: datetime, *, hard: bool = True) -> MonthCheck:
    """A month (its first day) as it stands now; `hard` False: only what is asked before it is closed softly."""
    today = now.astimezone(BEIJING).date()
    last = last_of(month)
    state = ledger.period_state(shop_id, month)
    both = (
        Condition("over", today > last, blocks=True),
        _balanced(shop_id, last),
        *_drained(shop_id, last, today),
    )
    if not hard:
        return MonthCheck(month, state, both, both)
    more = (
        _earlier(shop_id, month, last), _days(shop_id, month, min(last, today), expected), _cases(shop_id, month, last),
    )  # fmt: skip
    return MonthCheck(month, state, both, (*both, *more))


def last_of(month: date) -> date:
    """The last day of a month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _balanced(shop_id: UUID, last: date) -> Condition:
    sums: dict[str, int] = {}
    for row in ledger.trial_balance(shop_id, as_of=last):
        sums[row.currency] = sums.get(row.currency, 0) + row.debit_minor - row.credit_minor
    off = tuple(sorted(currency for currency, amount in sums.items() if amount))
    return Condition("balanced", not off, blocks=True, where=off)


def _drained(shop_id: UUID, last: date, today: date) -> Sequence[Condition]:
    """What stood on clearing accounts at the end, and had not left them so many days later: first in, first out."""
    stuck: list[str] = []
    coming: list[str] = []
    for row in ledger.trial_balance(shop_id, as_of=last):
        days = ledger.drains_within(row.code)
        stood = row.debit_minor or row.credit_minor
        if days is None or not stood:
            continue
        until = min(last + timedelta(days=days), today)
        left = 0
        if until > last:
            later = ledger.account_days(shop_id, row.code, row.currency, last + timedelta(days=1), until)
            left = sum(one.credit_minor if row.debit_minor else one.debit_minor for one in later)
        if stood > left:
            (stuck if today > last + timedelta(days=days) else coming).append(row.code)
    return (
        Condition("drained", not stuck, blocks=False, where=tuple(stuck[:SHOWN])),
        Condition("draining", not coming, blocks=False, where=tuple(coming[:SHOWN])),
    )


def _earlier(shop_id: UUID, month: date, last: date) -> Condition:
    """Closing a month closes all before it: in their order, so that each is looked at."""
    before = [one for one in ledger.months(shop_id, last) if one.month < month and one.state != "closed"]
    return Condition("earlier", not before, blocks=True, where=tuple(f"{one.month:%Y-%m}" for one in before[:SHOWN]))


def _days(shop_id: UUID, first: date, last: date, expected: Expected) -> Condition:
    closed = closed_days(shop_id, first, last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    open_ = [day.isoformat() for day in days if day not in closed and expected(shop_id, day)]
    return Condition("days", not open_, blocks=True, where=tuple(open_[:SHOWN]))


def _cases(shop_id: UUID, first: date, last: date) -> Condition:
    rows = Case.objects.filter(shop_id=shop_id, day__gte=first, day__lte=last).exclude(state=states.CLOSED)
    named = rows.order_by("category").values_list("category", flat=True).distinct()
    found = tuple(named[:SHOWN])
    return Condition("cases", not found, blocks=False, where=found)
