"""Try what a machine may do about cases that are due, and write down what came of it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job
from goodfor.recon import states
from goodfor.recon.actions import Act, Actions, Answer
from goodfor.recon.case_models import ActionTry, Case
from goodfor.recon.locks import lock_case
from goodfor.recon.operations.reconcile import mark_stale

log = structlog.get_logger(__name__)

#: A try that did not come back is made again after so long.
LEASE: Final = timedelta(minutes=5)
LATER: Final = tuple(timedelta(minutes=m) for m in (5, 30, 120, 360, 720))


def act_due(*, actions: Actions, now: datetime, limit: int = 50) -> int:
    """Cases of all shops whose action is due; how many were tried. Never inside a transaction."""
    require_no_transaction()
    with platform_job("actions about differences"):
        due = list(
            Case.objects.filter(next_act_at__lte=now).order_by("next_act_at").values_list("shop_id", "id")[:limit]
        )
    for shop_id, case_id in due:
        act_on(shop_id=shop_id, case_id=case_id, actions=actions, now=now)
    return len(due)


def act_on(*, shop_id: UUID, case_id: UUID, actions: Actions, now: datetime) -> Answer | None:
    """One case; None when somebody else is at it or nothing is due. Never inside a transaction."""
    require_no_transaction()
    act = _lease(shop_id, case_id, now)
    if act is None:
        return None
    try:
        answer = actions.carry_out(act, now)
    except Exception as error:
        # One that cannot be carried out must not hold up the others; it is tried again, then a person has it.
        log.error("recon_action_failed", case=str(case_id), action=act.action, error=type(error).__name__)
        answer = Answer("later", type(error).__name__)
    _note(act, answer, now)
    return answer


def _lease(shop_id: UUID, case_id: UUID, now: datetime) -> Act | None:
    with transaction.atomic():
        row = lock_case(shop_id, case_id)
        if row.next_act_at is None or row.next_act_at > now or row.state == states.CLOSED:
            return None
        Case.objects.filter(shop_id=shop_id, id=case_id, action_state=states.DUE).update(
            tries=row.tries + 1, next_act_at=now + LEASE
        )
        return Act(
            shop_id, case_id, row.category, row.action, row.area, row.account, row.day, row.tries + 1, row.ours,
            row.theirs, row.detail,
        )  # fmt: skip


def _note(act: Act, answer: Answer, now: datetime) -> None:
    with transaction.atomic():
        row = lock_case(act.shop_id, act.case_id)
        ActionTry.objects.bulk_create(
            [
                ActionTry(
                    id=uuid7(), shop_id=act.shop_id, case_id=act.case_id, number=act.number, action=act.action,
                    outcome=answer.outcome, note=answer.note[:200], at=now,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        if row.action_state != states.DUE:
            return
        again = answer.outcome == "later" and act.number <= len(LATER)
        moved = answer.explained and row.state == states.OPEN
        Case.objects.filter(shop_id=act.shop_id, id=act.case_id, state=row.state).update(
            action_state=states.DUE if again else states.DID if answer.outcome == "done" else states.PERSON,
            action_note=answer.note[:200], next_act_at=now + LATER[act.number - 1] if again else None,
            state=states.EXPLAINED if moved else row.state, reason=answer.note[:300] if moved else row.reason,
        )  # fmt: skip
        if moved:
            record_history(
                shop_id=act.shop_id, machine=states.CASE, subject_id=act.case_id,
                moves=[(states.OPEN, states.EXPLAINED)], actor="system", cause=f"action:{act.number}", now=now,
            )  # fmt: skip
        if answer.outcome == "done" and not answer.explained:
            mark_stale(shop_id=act.shop_id, area=act.area, account=act.account, days=[act.day])
