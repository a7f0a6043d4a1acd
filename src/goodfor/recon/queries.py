"""Reads of reconciliation, all within one shop."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from goodfor.recon import states
from goodfor.recon.case_models import ActionTry, Case
from goodfor.recon.categories import CATEGORIES as CATEGORIES
from goodfor.recon.desk import accounts_compared as accounts_compared
from goodfor.recon.desk import asked_day as asked_day
from goodfor.recon.desk import case_steps as case_steps
from goodfor.recon.desk import cases_by_ids as cases_by_ids
from goodfor.recon.desk import category_rows as category_rows
from goodfor.recon.desk import closed_days as closed_days
from goodfor.recon.desk import count_cases as count_cases
from goodfor.recon.desk import day_lines as day_lines
from goodfor.recon.desk import days_asked as days_asked
from goodfor.recon.desk import run_extra as run_extra
from goodfor.recon.desk import search_cases as search_cases
from goodfor.recon.desk import versions as versions
from goodfor.recon.desk import waiting_cases as waiting_cases
from goodfor.recon.errors import CaseNotFound, RunNotFound
from goodfor.recon.mapping import break_view, case_view, run_view
from goodfor.recon.models import Break, Match, Pool, Row, Run
from goodfor.recon.month_checks import last_of as last_of
from goodfor.recon.month_checks import month_check as month_check
from goodfor.recon.sheet import Due as Due
from goodfor.recon.sheet import Expected as Expected
from goodfor.recon.sheet import counts_by_state as counts_by_state
from goodfor.recon.sheet import day_sheet as day_sheet
from goodfor.recon.tasks import due_of_day as due_of_day
from goodfor.recon.types import BreakView, CaseFigures, CaseView, RunView

#: Open cases by age: up to so many days.
AGES = (1, 4, 7, 30)


def run(shop_id: UUID, run_id: UUID) -> RunView:
    """One run, live or replaced. Raises RunNotFound."""
    row = Run.objects.filter(shop_id=shop_id, id=run_id).first()
    if row is None:
        raise RunNotFound
    return run_view(row)


def runs(
    shop_id: UUID, *, day: date | None = None, area: str = "", account: str = "", live: bool = True, limit: int = 100
) -> list[RunView]:  # fmt: skip
    """Runs, the latest day first; `live` False: with those that were replaced."""
    rows = Run.objects.filter(shop_id=shop_id)
    rows = rows.filter(day=day) if day else rows
    rows = rows.filter(area=area) if area else rows
    rows = rows.filter(account=account) if account else rows
    rows = rows.filter(live=True) if live else rows
    return [run_view(row) for row in rows.order_by("-day", "area", "account", "-version")[:limit]]


def breaks(shop_id: UUID, run_id: UUID, *, category: str = "", offset: int = 0, limit: int = 100) -> list[BreakView]:
    """What a run found, by category."""
    rows = Break.objects.filter(shop_id=shop_id, run_id=run_id)
    rows = rows.filter(category=category) if category else rows
    return [break_view(row) for row in rows.order_by("category", "business_key")[offset : offset + limit]]


def case(shop_id: UUID, case_id: UUID) -> CaseView:
    """One case. Raises CaseNotFound."""
    row = Case.objects.filter(shop_id=shop_id, id=case_id).first()
    if row is None:
        raise CaseNotFound
    return case_view(row)


def cases(
    shop_id: UUID, *, live: bool = True, category: str = "", account: str = "", day: date | None = None,
    owner: str | None = None, offset: int = 0, limit: int = 50,
) -> list[CaseView]:  # fmt: skip
    """Cases, those due first first."""
    rows = Case.objects.filter(shop_id=shop_id)
    rows = rows.exclude(state=states.CLOSED) if live else rows
    rows = rows.filter(category=category) if category else rows
    rows = rows.filter(account=account) if account else rows
    rows = rows.filter(day=day) if day else rows
    rows = rows.filter(owner=owner) if owner is not None else rows
    return [case_view(row) for row in rows.order_by("due_at", "id")[offset : offset + limit]]


def tries(shop_id: UUID, case_id: UUID) -> list[tuple[int, str, str, str, datetime]]:
    """What the machine tried about a case: (number, action, outcome, note, when)."""
    rows = ActionTry.objects.filter(shop_id=shop_id, case_id=case_id).order_by("number")
    return [(row.number, row.action, row.outcome, row.note, row.at) for row in rows]


def twin_of(shop_id: UUID, run_id: UUID, row_id: int) -> int | None:
    """The row that a run paired with this one, or None."""
    pair = Match.objects.filter(shop_id=shop_id, run_id=run_id).filter(Q(ours_id=row_id) | Q(theirs_id=row_id)).first()
    if pair is None:
        return None
    return pair.theirs_id if pair.ours_id == row_id else pair.ours_id


def rows_by_ids(shop_id: UUID, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    """Rows as they were told."""
    fields = ("id", "side", "account", "day", "at", "kind", "key", "alt_key", "amount_minor", "amount_rest", "currency",
              "fee", "state", "source", "post_ref", "live")  # fmt: skip
    return {row["id"]: row for row in Row.objects.filter(shop_id=shop_id, id__in=ids).values(*fields)}


def waiting(shop_id: UUID, area: str = "", account: str = "") -> int:
    """Rows of ours in the pool: their twin may still come."""
    rows = Pool.objects.filter(shop_id=shop_id, left_as=states.WAITING)
    rows = rows.filter(area=area) if area else rows
    return (rows.filter(account=account) if account else rows).count()


def case_figures(shop_id: UUID, now: datetime, *, since: datetime | None = None) -> CaseFigures:
    """Open cases by category and age, and closed ones (since then), with the share that needed nobody."""
    live = Case.objects.filter(shop_id=shop_id).exclude(state=states.CLOSED)
    done = Case.objects.filter(shop_id=shop_id, state=states.CLOSED)
    done = done.filter(closed_at__gte=since) if since else done
    ages: dict[str, int] = {}
    for opened_at in live.values_list("opened_at", flat=True):
        days = (now - opened_at).days
        bucket = next((f"<={limit}" for limit in AGES if days < limit), f">{AGES[-1]}")
        ages[bucket] = ages.get(bucket, 0) + 1
    return CaseFigures(
        _by_category(live), _by_category(done), _by_category(done.filter(automatic=True)), ages,
        int(live.aggregate(sum=Sum("risk_minor"))["sum"] or 0),
    )  # fmt: skip


def _by_category(rows: "QuerySet[Case]") -> dict[str, int]:
    found = rows.values("category").annotate(n=Count("id")).order_by("category")
    return {row["category"]: row["n"] for row in found}
