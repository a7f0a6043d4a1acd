"""Compare an account's day: one run, one version, in one transaction."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.recon import states, store
from goodfor.recon.case_models import ClosedDay
from goodfor.recon.categories import FEE_TOLERANCE, NEAR, POOL_DAYS
from goodfor.recon.errors import DayClosed
from goodfor.recon.events import RunMade
from goodfor.recon.locks import lock_scope
from goodfor.recon.mapping import run_view
from goodfor.recon.models import Run
from goodfor.recon.operations.keep_cases import keep_cases
from goodfor.recon.operations.take_in import TakenIn, take_in
from goodfor.recon.sources import Sources
from goodfor.recon.staging import stage
from goodfor.recon.types import RunView, Scope

#: What only we know, by area.
OURS_ONLY = {states.CHANNEL: "C2", states.SPLIT: "C2", states.WALLET: "C2", states.SUPPLIER: "S2"}
#: Numbers that a source is asked about at once.
PIECE = 5_000


def reconcile(*, scope: Scope, sources: Sources, actor: str, now: datetime, pool_days: int = POOL_DAYS) -> RunView:
    """Take in, pair, judge, and open or close cases. The same rows again make the same run, of the next version.

    Raises NothingToCompare (their file is not there), DayClosed.
    """
    with transaction.atomic():
        lock_scope(scope)
        if ClosedDay.objects.filter(shop_id=scope.shop_id, day=scope.day).exists():
            raise DayClosed(day=scope.day.isoformat())
        store.begin()
        version = _replace(scope)
        taken = take_in(scope=scope, sources=sources, now=now)
        store.pick(scope)
        _pair(scope, sources)
        store.judge(scope)
        store.find(
            scope, ours_only=OURS_ONLY[scope.area], pool_days=pool_days, tolerance=FEE_TOLERANCE,
            units=store.units(scope.currency),
        )  # fmt: skip
        if scope.area != states.SUPPLIER:
            _books(scope, sources)
        return _keep(scope, taken, version, actor, now, pool_days)


def _replace(scope: Scope) -> int:
    """Take the run before out of service; the number of this one."""
    runs = Run.objects.filter(shop_id=scope.shop_id, area=scope.area, account=scope.account, day=scope.day)
    live = [row.id for row in runs.filter(live=True)]
    if live:
        runs.filter(id__in=live).update(live=False, stale=False)
        store.pool_free(scope, live)
    return (runs.aggregate(last=Max("version"))["last"] or 0) + 1


def _pair(scope: Scope, sources: Sources) -> None:
    store.pair_agreeing(scope)
    left = store.left_theirs()
    if left:
        store.bring_known(scope)
        for start in range(0, len(left), PIECE):
            piece = left[start : start + PIECE]
            stage(scope, sources.ours_by_key(scope, piece), store.KINDS[scope.area])
            store.merge(scope, states.OURS, whole=False)
            store.bring_staged(scope)
        store.pair_agreeing(scope)
        store.pair_differing(scope)


def _books(scope: Scope, sources: Sources) -> None:
    """The third leg: every match has its posting, every posting its match."""
    lacking = store.gaps(scope)
    for start in range(0, len(lacking), PIECE):
        stage(scope, sources.books_by_reference(scope, lacking[start : start + PIECE]), store.KINDS[scope.area])
        store.merge(scope, states.BOOKS, whole=False)
    if lacking:
        store.gaps_left(scope)
    only = store.books_only(scope)
    refs = sorted(only)
    for start in range(0, len(refs), PIECE):
        piece = refs[start : start + PIECE]
        stage(scope, sources.ours_by_posting(scope, piece), store.KINDS[scope.area])
        store.merge(scope, states.OURS, whole=False)
        for ref, amount in store.books_known(scope, piece).items():
            # Another day's comparing has it, or will have; only another amount is news.
            if only.get(ref) == amount:
                del only[ref]
    store.found_gaps(scope, only)


def _keep(scope: Scope, taken: TakenIn, version: int, actor: str, now: datetime, pool_days: int) -> RunView:
    run_id = uuid7()
    store.note_whole(scope, taken.wrong)
    suggestions = store.suggestions(int(NEAR.total_seconds()))
    store.write_matches(scope, run_id)
    pooled = store.pool_settle(scope, run_id, pool_days)
    found = store.found()
    breaks: dict[str, int] = {}
    for row in found:
        breaks[row[0]] = breaks.get(row[0], 0) + 1
    matched, matched_minor, ours, theirs, books, books_minor, theirs_minor = store.sums()
    run = Run.objects.create(
        id=run_id, shop_id=scope.shop_id, area=scope.area, account=scope.account, day=scope.day, version=version,
        currency=scope.currency, ours=max(ours, matched), theirs=theirs, books=books, matched=matched,
        matched_minor=matched_minor, pooled=pooled, books_minor=books_minor, theirs_minor=theirs_minor, breaks=breaks,
        imports=[str(one) for one in taken.imports], actor=actor[:100], made_at=now,
    )  # fmt: skip
    keep_cases(run=run, scope=scope, found=found, suggestions=suggestions, now=now)
    _tell(run, now)
    return run_view(run)


def _tell(run: Run, now: datetime) -> None:
    event = RunMade(run.id, run.area, run.account, run.day.isoformat(), run.version, run.matched, dict(run.breaks))
    publish(shop_id=run.shop_id, event=event, cause=("recon.run", run.id), now=now)


def mark_stale(*, shop_id: UUID, area: str, account: str, days: list[date]) -> int:
    """Have these days compared again by the loop; how many. In the caller's transaction."""
    rows = Run.objects.filter(shop_id=shop_id, area=area, account=account, day__in=days, live=True, stale=False)
    return rows.update(stale=True)
