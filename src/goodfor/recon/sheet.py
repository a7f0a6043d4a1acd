"""The sheet of a day: every account with what was taken in, matched, waits and differs; and why it cannot be closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol
from uuid import UUID

from django.db.models import Count

from goodfor.recon import states
from goodfor.recon.case_models import Case, ClosedDay
from goodfor.recon.categories import CATEGORIES
from goodfor.recon.importers.days import BEIJING
from goodfor.recon.mapping import import_view, run_view
from goodfor.recon.models import Break, Import, Pool, Run
from goodfor.recon.types import AccountDay, DaySheet, ImportView

#: Of the day after: only then are all bills of a day wanted, and what is missing of them is told.
SETTLED: Final = time(12)


@dataclass(frozen=True, slots=True)
class Due:
    """An account that is to be compared on a day. `missing`: why a file is not there; empty: all are.

    `waiting`: what is missing may still come by itself.
    """

    area: str
    account: str
    missing: str = ""
    currency: str = "CNY"
    waiting: bool = False


class Expected(Protocol):
    """Tells what is to be compared on a day."""

    def __call__(self, shop_id: UUID, day: date, /) -> Sequence[Due]:
        """Every account that has something to compare."""
        ...


def day_sheet(shop_id: UUID, day: date, expected: Expected) -> DaySheet:
    """The day as it stands now."""
    closed = ClosedDay.objects.filter(shop_id=shop_id, day=day).first()
    runs = {(row.area, row.account): row for row in Run.objects.filter(shop_id=shop_id, day=day, live=True)}
    due = {(one.area, one.account): one for one in expected(shop_id, day)}
    accounts, reasons = [], []
    for area, account in sorted(runs.keys() | due.keys()):
        run = runs.get((area, account))
        imports = _imports(shop_id, run)
        accounts.append(_account(shop_id, area, account, day, run, imports))
        reasons += _reasons(shop_id, area, account, run, due.get((area, account)), imports)
    return DaySheet(
        shop_id, day, tuple(accounts), () if closed else tuple(reasons), closed.closed_at if closed else None,
        closed.closed_by if closed else "",
    )  # fmt: skip


def _imports(shop_id: UUID, run: Run | None) -> tuple[ImportView, ...]:
    if run is None:
        return ()
    rows = Import.objects.filter(shop_id=shop_id, id__in=run.imports)
    return tuple(import_view(row) for row in rows.order_by("at", "id"))


def _account(
    shop_id: UUID, area: str, account: str, day: date, run: Run | None, imports: tuple[ImportView, ...]
) -> AccountDay:  # fmt: skip
    waiting = Pool.objects.filter(shop_id=shop_id, area=area, account=account, day=day, left_as=states.WAITING)
    live = Case.objects.filter(shop_id=shop_id, area=area, account=account, day=day).exclude(state=states.CLOSED)
    return AccountDay(
        area, account, run_view(run) if run else None, imports, waiting.count(), live.count(),
        run.books_minor if run else 0, run.theirs_minor if run else 0,
    )  # fmt: skip


def _reasons(
    shop_id: UUID, area: str, account: str, run: Run | None, due: Due | None, imports: Sequence[ImportView]
) -> list[tuple[str, str]]:  # fmt: skip
    """All files in, all compared, sums as stated, the chain whole, every difference with its case."""
    where, found = f"{area}:{account}", []
    if due is not None and due.missing:
        found.append((due.missing, where))
    if run is None:
        return found or [("not_compared", where)]
    if run.stale:
        found.append(("to_compare_again", where))
    if not all(one.totals_ok for one in imports):
        found.append(("totals_differ", where))
    blocking = [code for code, category in CATEGORIES.items() if category.blocks]
    live = Case.objects.filter(shop_id=shop_id, area=area, account=account, day=run.day, category__in=blocking)
    if live.exclude(state=states.CLOSED).exists():
        found.append(("chain_broken", where))
    caseless = [code for code, category in CATEGORIES.items() if not category.case]
    if Break.objects.filter(shop_id=shop_id, run_id=run.id, case_id=None).exclude(category__in=caseless).exists():
        found.append(("without_case", where))
    return found


def against_closing(sheet: DaySheet, now: datetime) -> list[tuple[str, str]]:
    """Why a day cannot be closed now: what its sheet says, and that its bills are still to come.

    A day that was closed is never compared again: before its end, or before its bills are wanted, whatever comes of it
    would be seen by nobody.
    """
    since = datetime.combine(sheet.day + timedelta(days=1), SETTLED, BEIJING)
    return [*([("not_over", "")] if now < since else []), *sheet.reasons]


def counts_by_state(shop_id: UUID) -> dict[str, int]:
    """How many cases are in each state."""
    rows = Case.objects.filter(shop_id=shop_id).values("state").annotate(n=Count("id"))
    return {row["state"]: row["n"] for row in rows.order_by("state")}
