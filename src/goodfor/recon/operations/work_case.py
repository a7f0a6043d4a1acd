"""What the staff do with a case: take it, explain it, say what corrected it, close it. Each step is written down."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import queries as ledger
from goodfor.recon import states
from goodfor.recon.case_models import Case
from goodfor.recon.errors import CaseMoved, NotACorrection, ReasonMissing
from goodfor.recon.events import BreakCaseClosed
from goodfor.recon.locks import lock_case
from goodfor.recon.mapping import case_view
from goodfor.recon.types import CaseView


def assign_case(
    *, shop_id: UUID, case_id: UUID, owner: str, due_at: datetime | None = None, actor: str, now: datetime
) -> CaseView:  # fmt: skip
    """Give a live case to somebody; `due_at` None: as it was. Raises CaseNotFound, CaseMoved (it is closed)."""
    with transaction.atomic():
        row = _live(shop_id, case_id)
        Case.objects.filter(shop_id=shop_id, id=case_id).update(owner=owner[:100], due_at=due_at or row.due_at)
        _audit(row, "recon.case_assigned", {"owner": owner[:100]}, actor, now)
        row.refresh_from_db(from_queryset=Case.objects.filter(shop_id=shop_id))
    return case_view(row)


def explain_case(*, shop_id: UUID, case_id: UUID, reason: str, actor: str, now: datetime) -> CaseView:
    """Say why it differs; it stays to be put right. Raises CaseNotFound, CaseMoved, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    return _move(shop_id, case_id, states.EXPLAINED, actor, now, reason=reason.strip()[:300])


def correct_case(*, shop_id: UUID, case_id: UUID, ledger_tx: int, actor: str, now: datetime) -> CaseView:
    """Name the transaction that put it right: younger than the difference, and no other one's.

    Raises CaseNotFound, CaseMoved, TxNotFound (not of this shop), NotACorrection.
    """
    tx = ledger.transaction(shop_id, ledger_tx)
    with transaction.atomic():
        row = _live(shop_id, case_id)
        named = Case.objects.filter(shop_id=shop_id, ledger_tx=ledger_tx).exclude(id=case_id)
        if tx.recorded_at < row.opened_at or named.exists():
            raise NotACorrection(field="tx")
        return _move(shop_id, case_id, states.CORRECTED, actor, now, ledger_tx=ledger_tx)


def close_case(*, shop_id: UUID, case_id: UUID, reason: str = "", actor: str, now: datetime) -> CaseView:
    """End it: with the reason given here or before, or corrected. Raises CaseNotFound, CaseMoved, ReasonMissing."""
    with transaction.atomic():
        row = _live(shop_id, case_id)
        said = reason.strip()[:300] or row.reason
        if not said and row.ledger_tx is None:
            raise ReasonMissing
        view = _move(shop_id, case_id, states.CLOSED, actor, now, reason=said)
        event = BreakCaseClosed(case_id, row.category, automatic=False)
        publish(shop_id=shop_id, event=event, cause=("recon.case", case_id), now=now)
    return view


def _live(shop_id: UUID, case_id: UUID) -> Case:
    row = lock_case(shop_id, case_id)
    if row.state == states.CLOSED:
        raise CaseMoved(state=row.state)
    return row


def _move(shop_id: UUID, case_id: UUID, to: str, actor: str, now: datetime, **words: object) -> CaseView:
    with transaction.atomic():
        row = _live(shop_id, case_id)
        if to not in states.CASE.transitions[row.state]:
            raise CaseMoved(state=row.state)
        over = to == states.CLOSED
        ended = {"closed_at": now, "closed_by": actor[:100], "automatic": False} if over else {}
        # Once somebody has put it right, or it is over, the machine tries no more.
        still = to == states.EXPLAINED or row.action_state != states.DUE
        rest = {} if still else {"action_state": states.PERSON, "next_act_at": None}
        Case.objects.filter(shop_id=shop_id, id=case_id, state=row.state).update(state=to, **words, **ended, **rest)
        record_history(
            shop_id=shop_id, machine=states.CASE, subject_id=case_id, moves=[(row.state, to)], actor=actor,
            cause="staff", now=now,
        )  # fmt: skip
        _audit(row, f"recon.case_{to}", {key: str(value) for key, value in words.items()}, actor, now)
        row.refresh_from_db(from_queryset=Case.objects.filter(shop_id=shop_id))
    return case_view(row)


def _audit(row: Case, action: str, data: dict[str, str], actor: str, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id, actor=actor, action=action, subject=("recon.case", row.id),
        data={"category": row.category, **data}, now=now,
    )  # fmt: skip
