"""What a run found becomes breaks and cases, and cases that it no longer finds end. A step of `reconcile`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7, uuid7_batch
from goodfor.kernel.sql import Row
from goodfor.kernel.statemachine import record_history
from goodfor.recon import states, store
from goodfor.recon.case_models import Case
from goodfor.recon.categories import CATEGORIES
from goodfor.recon.events import BreakCaseClosed, BreakCaseOpened
from goodfor.recon.models import Break, Run
from goodfor.recon.types import Scope

CHUNK = 2_000
MACHINE = "system"
#: What a run says of a case, each time anew.
_FOUND = ("ours_id", "theirs_id", "risk_minor", "currency", "ours", "theirs", "detail")


def keep_cases(
    *, run: Run, scope: Scope, found: Sequence[Row], suggestions: Mapping[int, tuple[int, str, int]], now: datetime
) -> None:
    """Breaks for all of it, cases for what somebody has to end; in the caller's transaction."""
    seen: dict[tuple[str, str], UUID] = {}
    for start in range(0, len(found), CHUNK):
        piece = found[start : start + CHUNK]
        cases = [_case(run, scope, row, suggestions, now) for row in piece if CATEGORIES[row[0]].case]
        seen |= _open(run, cases, now)
        Break.objects.bulk_create(
            [
                Break(
                    id=id_, shop_id=run.shop_id, run_id=run.id, category=row[0], business_key=row[1][:320],
                    ours_id=row[2], theirs_id=row[3], risk_minor=row[4], detail=row[5],
                    case_id=seen.get((row[0], row[1][:320])),
                )
                for row, id_ in zip(piece, uuid7_batch(len(piece)), strict=True)
            ]
        )  # fmt: skip
    _end_gone(run, scope, set(seen.values()), now)


def _case(
    run: Run, scope: Scope, row: Row, suggestions: Mapping[int, tuple[int, str, int]], now: datetime
) -> Case:  # fmt: skip
    code, key, ours_id, theirs_id, risk, detail, ours, theirs = row
    category = CATEGORIES[code]
    more: dict[str, Any] = dict(detail)
    if theirs_id in suggestions:
        other, source, apart = suggestions[theirs_id]
        more["suggests"] = {"ours_id": other, "source": source, "seconds": apart}
    return Case(
        id=uuid7(), shop_id=run.shop_id, area=scope.area, account=scope.account, day=scope.day, category=code,
        business_key=key[:320], ours_id=ours_id, theirs_id=theirs_id, risk_minor=risk, currency=scope.currency,
        ours=ours, theirs=theirs, detail=more, action=category.action,
        action_state=states.DUE if category.action else states.NO_ACTION,
        next_act_at=now if category.action else None, opened_at=now, due_at=now + category.due, run_id=run.id,
    )  # fmt: skip


def _open(run: Run, cases: list[Case], now: datetime) -> dict[tuple[str, str], UUID]:
    """Insert those that are new, open again what has not ended after all; (category, key) -> id of all of them."""
    wanted = {(case.category, case.business_key): case for case in cases}
    Case.objects.bulk_create(cases, ignore_conflicts=True)
    rows = Case.objects.filter(shop_id=run.shop_id, business_key__in={key for _category, key in wanted})
    known = {(row.category, row.business_key): row for row in rows if (row.category, row.business_key) in wanted}
    for key, row in known.items():
        if row.id == wanted[key].id:
            _tell_opened(row, None, now)
        elif row.state != states.CLOSED:
            _as_found(row, wanted[key], {})
        elif row.closed_by == MACHINE or wanted[key].risk_minor > row.risk_minor:
            _reopen(row, wanted[key], now)
    same = [row.id for row in known.values()]
    Case.objects.filter(shop_id=run.shop_id, id__in=same).exclude(state=states.CLOSED).update(run_id=run.id)
    return {key: row.id for key, row in known.items()}


def _as_found(row: Case, found: Case, changes: Mapping[str, Any]) -> None:
    """Rows, amount and risk as they are now: a difference that grew must not be looked at as it was."""
    now = {name: getattr(found, name) for name in _FOUND}
    if changes or any(getattr(row, name) != value for name, value in now.items()):
        Case.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(**now, **changes)


def _reopen(row: Case, found: Case, now: datetime) -> None:
    """What the machine had closed is there again, or is more than what a person has closed: nobody looked at that.

    It is nobody's by now, and the machine tries what it can.
    """
    _as_found(row, found, {
        "state": states.OPEN, "closed_at": None, "closed_by": "", "automatic": False, "reason": "", "owner": "",
        "ledger_tx": None, "run_id": found.run_id, "due_at": now + CATEGORIES[row.category].due,
        "action_state": found.action_state, "next_act_at": found.next_act_at,
    })  # fmt: skip
    row.run_id = found.run_id
    _tell_opened(row, states.CLOSED, now)


def _tell_opened(row: Case, before: str | None, now: datetime) -> None:
    record_history(
        shop_id=row.shop_id, machine=states.CASE, subject_id=row.id, moves=[(before, states.OPEN)], actor=MACHINE,
        cause=f"run:{row.run_id}", now=now,
    )  # fmt: skip
    event = BreakCaseOpened(row.id, row.category, row.area, row.account, row.risk_minor, row.currency)
    publish(shop_id=row.shop_id, event=event, cause=("recon.case", row.id), now=now)


def _end_gone(run: Run, scope: Scope, found: set[UUID], now: datetime) -> None:
    """Live cases of this day that are not found any more, and those of rows that were met later."""
    live = Case.objects.filter(shop_id=run.shop_id, area=scope.area, account=scope.account).exclude(state=states.CLOSED)
    later = set(store.settled_later(scope))
    for row in live.filter(day=scope.day):
        if row.id not in found:
            close_by_machine(row=row, reason="gone", cause=f"run:{run.id}", now=now)
            later.discard(row.id)
    for row in live.filter(id__in=later - found):
        close_by_machine(row=row, reason="met_later", cause=f"run:{run.id}", now=now)


def close_by_machine(*, row: Case, reason: str, cause: str, now: datetime) -> None:
    """End a live case without a person; in the caller's transaction."""
    Case.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(
        state=states.CLOSED, closed_at=now, closed_by=MACHINE, automatic=not row.owner, reason=row.reason or reason,
        action_state=states.DID if row.action_state == states.DUE else row.action_state, next_act_at=None,
    )  # fmt: skip
    record_history(
        shop_id=row.shop_id, machine=states.CASE, subject_id=row.id, moves=[(row.state, states.CLOSED)], actor=MACHINE,
        cause=cause, now=now,
    )  # fmt: skip
    event = BreakCaseClosed(row.id, row.category, automatic=not row.owner)
    publish(shop_id=row.shop_id, event=event, cause=("recon.case", row.id), now=now)
