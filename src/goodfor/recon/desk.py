"""What the desk of reconciliation shows: cases by many conditions, days, who wants one closed. Part of `queries`."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet, Sum

from goodfor.kernel.sql import Statement, Tally
from goodfor.recon import states
from goodfor.recon.case_models import Case, ClosedDay
from goodfor.recon.closing_models import DayAsk
from goodfor.recon.desk_types import LIVE, NOBODY, AskView, CaseSearch, CaseStep, CategoryRow, DayLine
from goodfor.recon.mapping import case_view, run_view
from goodfor.recon.models import Run
from goodfor.recon.sheet import Expected
from goodfor.recon.types import CaseView, RunView

STEPS: Final = Statement(__package__, "sql/case_steps.sql")
#: Live cases about which the machine does nothing (more): a person decides.
waiting_cases: Final = Tally(__package__, "sql/waiting_cases.sql")
#: How many days wait for the second person.
days_asked: Final = Tally(__package__, "sql/days_asked.sql")
ORDERS: Final = {
    "": ("due_at", "id"), "risk": ("-risk_minor", "id"), "opened": ("-opened_at", "-id"),
    "closed": ("-closed_at", "-id"),
}  # fmt: skip


def _found(shop_id: UUID, asked: CaseSearch) -> "QuerySet[Case]":
    rows = Case.objects.filter(shop_id=shop_id)
    if asked.state == LIVE:
        rows = rows.exclude(state=states.CLOSED)
    elif asked.state:
        rows = rows.filter(state=asked.state)
    plain = {
        "category": asked.category, "area": asked.area, "account": asked.account, "action_state": asked.machine,
        "risk_minor__gte": asked.least_minor, "risk_minor__lte": asked.most_minor, "day__gte": asked.since,
        "day__lte": asked.until,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in plain.items() if value not in ("", None)})
    if asked.owner:
        rows = rows.filter(owner="" if asked.owner == NOBODY else asked.owner)
    if asked.key:
        named = Q(business_key=asked.key)
        for side in ("ours", "theirs"):
            for name in ("key", "alt_key"):
                named |= Q(**{f"{side}__{name}": asked.key})
        rows = rows.filter(named)
    return rows.filter(due_at__lt=asked.overdue).exclude(state=states.CLOSED) if asked.overdue else rows


def search_cases(
    shop_id: UUID, asked: CaseSearch, *, order: str = "", offset: int = 0, limit: int = 50
) -> list[CaseView]:
    """Cases as asked; `order`: those due first, or by `risk`, `opened`, `closed`."""
    rows = _found(shop_id, asked).order_by(*ORDERS.get(order, ORDERS[""]))
    return [case_view(row) for row in rows[offset : offset + limit]]


def count_cases(shop_id: UUID, asked: CaseSearch, limit: int) -> int:
    """How many there are; `limit` stands for so many and more."""
    return _found(shop_id, asked).values("id")[:limit].count()


def cases_by_ids(shop_id: UUID, ids: Sequence[UUID]) -> list[CaseView]:
    """These, without those of other shops."""
    rows = Case.objects.filter(shop_id=shop_id, id__in=list(ids)).order_by("due_at", "id")
    return [case_view(row) for row in rows]


def category_rows(shop_id: UUID, now: datetime) -> list[CategoryRow]:
    """Live cases by category and currency, what is most at risk first."""
    live = Case.objects.filter(shop_id=shop_id).exclude(state=states.CLOSED)
    rows = live.values("category", "currency").annotate(
        count=Count("id"), risk=Sum("risk_minor"), oldest=Min("opened_at"), late=Count("id", filter=Q(due_at__lt=now)),
        nobody=Count("id", filter=Q(owner="")), machine=Count("id", filter=Q(action_state=states.DUE)),
    )  # fmt: skip
    found = [
        CategoryRow(
            row["category"], row["currency"], row["count"], int(row["risk"] or 0), row["oldest"], row["late"],
            row["nobody"], row["machine"],
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row.risk_minor, row.category))


def accounts_compared(shop_id: UUID) -> list[tuple[str, str]]:
    """(area, account) of everything that was ever compared."""
    rows = Run.objects.filter(shop_id=shop_id).values_list("area", "account").distinct()
    return sorted(rows.order_by("area", "account"))


def case_steps(shop_id: UUID, case_id: UUID) -> list[CaseStep]:
    """How a case moved, oldest first."""
    return [CaseStep(*row) for row in STEPS.rows({"shop_id": shop_id, "case_id": case_id})]


def versions(shop_id: UUID, area: str, account: str, day: date) -> list[RunView]:
    """Every run of one account's day, the newest first."""
    rows = Run.objects.filter(shop_id=shop_id, area=area, account=account, day=day)
    return [run_view(row) for row in rows.order_by("-version")]


def run_extra(shop_id: UUID, run_id: UUID) -> tuple[str, int, int, str]:
    """Of a run: its currency, what the books and what theirs moved (minor units), and who made it."""
    row = Run.objects.filter(shop_id=shop_id, id=run_id).first()
    return (row.currency, row.books_minor, row.theirs_minor, row.actor) if row else ("CNY", 0, 0, "")


def asked_day(shop_id: UUID, day: date) -> AskView | None:
    """Who wants the day closed; None: nobody."""
    row = DayAsk.objects.filter(shop_id=shop_id, day=day, withdrawn_at=None).first()
    return AskView(row.day, row.asked_by, row.asked_at, row.note) if row else None


def closed_days(shop_id: UUID, first_day: date, last_day: date) -> dict[date, tuple[datetime, str]]:
    """Which of these days were closed: when, and by whom."""
    rows = ClosedDay.objects.filter(shop_id=shop_id, day__gte=first_day, day__lte=last_day)
    return {row.day: (row.closed_at, row.closed_by) for row in rows}


def day_lines(shop_id: UUID, first_day: date, last_day: date, expected: Expected) -> list[DayLine]:
    """Days, both included, the latest first; those without anything to compare are left out."""
    span = {"shop_id": shop_id, "day__gte": first_day, "day__lte": last_day}
    runs: dict[date, list[Run]] = {}
    for row in Run.objects.filter(**span, live=True):
        runs.setdefault(row.day, []).append(row)
    live = Case.objects.filter(**span).exclude(state=states.CLOSED).values("day").annotate(n=Count("id"))
    cases = {row["day"]: row["n"] for row in live.order_by("day")}
    closed = closed_days(shop_id, first_day, last_day)
    asks = {row.day: row.asked_by for row in DayAsk.objects.filter(**span, withdrawn_at=None)}
    found = []
    for back in range((last_day - first_day).days + 1):
        day = last_day - timedelta(days=back)
        mine = runs.get(day, [])
        known = {(row.area, row.account) for row in mine}
        due = known | {(one.area, one.account) for one in expected(shop_id, day)}
        if due or day in closed:
            breaks: Counter[str] = Counter()
            for row in mine:
                breaks.update(row.breaks)
            closed_at, closed_by = closed.get(day, (None, ""))
            found.append(
                DayLine(
                    day, len(known), len(due), len(due - known), sum(row.matched for row in mine), dict(breaks),
                    cases.get(day, 0), closed_at, closed_by, asks.get(day, ""),
                )
            )  # fmt: skip
    return found
