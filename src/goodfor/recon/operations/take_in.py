"""Take in what each side says of an account's day. Steps of `reconcile`, in its transaction."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.recon import states, store
from goodfor.recon.errors import NothingToCompare
from goodfor.recon.models import Import
from goodfor.recon.sources import Missing, Sources
from goodfor.recon.staging import Tally, count, stage
from goodfor.recon.types import Brought, Scope, Totals

FUNDS: Final = "fund"
#: Differences of one account's day as a whole: (category, what, risk, detail).
Whole = tuple[str, str, int, dict[str, Any]]


@dataclass(slots=True)
class TakenIn:
    """What was taken in, and what is wrong with it as a whole."""

    imports: list[UUID] = field(default_factory=list)
    wrong: list[Whole] = field(default_factory=list)


def take_in(*, scope: Scope, sources: Sources, now: datetime) -> TakenIn:
    """All sides. Raises NothingToCompare where the other side's rows are not there."""
    taken = TakenIn()
    try:
        theirs = sources.theirs(scope)
    except Missing as missing:
        raise NothingToCompare(what=missing.what) from None
    _theirs(scope, theirs, taken, now)
    for side in (states.OURS, states.BOOKS):
        rows = sources.ours(scope) if side == states.OURS else sources.books(scope)
        tally, mark = stage(scope, rows, store.KINDS[scope.area], marked=True)
        last = _last(scope, side)
        if last is None or last.mark.partition("#")[0] != mark:
            store.merge(scope, side, whole=True)
            taken.imports.append(_note(scope, side, mark, tally, None, now))
        else:
            taken.imports.append(last.id)
    _funds(scope, sources, taken, now)
    return taken


def _theirs(scope: Scope, theirs: Brought, taken: TakenIn, now: datetime) -> None:
    known = Import.objects.filter(
        shop_id=scope.shop_id, side=scope.area, account=scope.account, day=scope.day, mark=theirs.mark
    ).first()
    if known is None:
        tally, _hash = stage(scope, theirs.rows, store.KINDS[scope.area])
        store.merge(scope, scope.area, whole=True)
        taken.imports.append(_note(scope, scope.area, theirs.mark, tally, theirs.stated, now))
        totals = tally.rows, tally.came, tally.went, tally.fee
    else:
        taken.imports.append(known.id)
        totals = known.rows, known.came_minor, known.went_minor, known.fee
    stated = theirs.stated
    if stated is not None and totals != (stated.rows, stated.came_minor, stated.went_minor, stated.fee):
        off = abs(totals[1] - stated.came_minor) + abs(totals[2] - stated.went_minor)
        taken.wrong.append(("C9", "totals", off, {"rows": totals[0], "stated_rows": stated.rows}))


def _funds(scope: Scope, sources: Sources, taken: TakenIn, now: datetime) -> None:
    """The chain of balances: within the file, and from the last closing to this opening."""
    try:
        funds = sources.funds(scope)
    except Missing as missing:
        taken.wrong.append(("C9", "missing_file", 0, {"what": missing.what}))
        return
    if funds is not None:
        row = Import.objects.filter(
            shop_id=scope.shop_id, side=FUNDS, account=scope.account, day=scope.day, mark=funds.mark
        ).first()
        if row is None:
            import_id = _note(scope, FUNDS, funds.mark, count(funds.rows), funds.stated, now)
            row = Import.objects.get(shop_id=scope.shop_id, id=import_id)
        taken.imports.append(row.id)
        if row.chain_breaks:
            taken.wrong.append(("C9", "row_missing", 0, {"breaks": row.chain_breaks}))
        before = _last(scope, FUNDS, days_before=True)
        if before is not None and None not in (row.opening_minor, before.closing_minor):
            gap = (row.opening_minor or 0) - (before.closing_minor or 0)
            if gap:
                taken.wrong.append(("C9", "opening", abs(gap), {"since": before.day.isoformat(), "gap_minor": gap}))
    word = sources.balance(scope)
    if word is not None and word.said != word.expected:
        off = int(abs(word.said - word.expected) * store.units(scope.currency))
        detail = {"said": str(word.said), "expected": str(word.expected)}
        taken.wrong.append(("S6" if scope.area == states.SUPPLIER else "C9", "balance", off, detail))


def _last(scope: Scope, side: str, *, days_before: bool = False) -> Import | None:
    """The latest import of a side of this day, or the closing one of the latest day before, within a month."""
    rows = Import.objects.filter(shop_id=scope.shop_id, side=side, account=scope.account)
    if days_before:
        month = scope.day - timedelta(days=31)
        found = rows.filter(day__lt=scope.day, day__gte=month, closing_minor__isnull=False)
        return found.order_by("-day", "-at", "-id").first()
    return rows.filter(day=scope.day).order_by("-at", "-id").first()


def _note(scope: Scope, side: str, mark: str, tally: Tally, stated: Totals | None, now: datetime) -> UUID:
    known = Import.objects.filter(shop_id=scope.shop_id, side=side, account=scope.account, day=scope.day)
    # What comes back to what it was before is taken in once more.
    same = known.filter(Q(mark=mark) | Q(mark__startswith=f"{mark}#")).count()
    row = Import.objects.create(
        id=uuid7(), shop_id=scope.shop_id, side=side, account=scope.account, day=scope.day,
        mark=f"{mark}#{same}" if same else mark, rows=tally.rows, came_minor=tally.came, went_minor=tally.went,
        fee=tally.fee, stated_rows=stated.rows if stated else None,
        stated_came_minor=stated.came_minor if stated else None,
        stated_went_minor=stated.went_minor if stated else None, stated_fee=stated.fee if stated else None,
        opening_minor=tally.chain.opening, closing_minor=tally.chain.closing, chain_breaks=tally.chain.breaks, at=now,
    )  # fmt: skip
    return row.id
