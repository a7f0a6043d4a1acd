"""Small steps that the operations on a case share. Each runs in the caller's transaction, with the case locked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.aftersales import clocks, states
from goodfor.aftersales.errors import CaseNotFound
from goodfor.aftersales.events import CaseDecided, PersonNeeded
from goodfor.aftersales.facts import facts_to_json
from goodfor.aftersales.locks import lock_case
from goodfor.aftersales.mapping import terms_from_json
from goodfor.aftersales.models import Case, Decision, Finding, Reply
from goodfor.aftersales.operations.note_missed import note_missed
from goodfor.aftersales.sealing import note_aad, reply_aad
from goodfor.aftersales.types import Facts
from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.orders.operations.hold_order import hold_order

SYSTEM = "system"


def hold_case(shop_id: UUID, case_id: UUID, now: datetime) -> Case:
    """Lock the order's row, then the case, and write down what was missed until now. Raises CaseNotFound."""
    case = lock_both(shop_id, case_id)
    note_missed(case, now)
    return case


def lock_both(shop_id: UUID, case_id: UUID) -> Case:
    """Lock the order's row, then the case. Raises CaseNotFound."""
    order_id = Case.objects.filter(shop_id=shop_id, id=case_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise CaseNotFound
    hold_order(shop_id=shop_id, order_id=order_id)
    return lock_case(shop_id, case_id)


def change(case: Case, **columns: Any) -> None:
    """Change columns other than the state."""
    Case.objects.filter(shop_id=case.shop_id, id=case.id).update(**columns)
    for name, value in columns.items():
        setattr(case, name, value)


def move(case: Case, to_state: str, *, actor: str, cause: str, now: datetime, **columns: Any) -> None:
    """Change the state along the machine, with history; nothing but `columns` where it is there already.

    Leaving a pause moves the clocks on; a closed case has no next step. Raises IllegalTransition.
    """
    if case.state == to_state:
        change(case, **columns)
        return
    if case.state == states.ASKING:
        columns |= _resumed(case, now)
    if to_state == states.CLOSED:
        columns |= {"closed_at": now, "next_at": None}
    elif case.state == states.CLOSED:
        columns |= {"closed_at": None}
    record_history(
        shop_id=case.shop_id, machine=states.CASE, subject_id=case.id, moves=[(case.state, to_state)],
        actor=actor, cause=cause[:64], now=now,
    )  # fmt: skip
    found = Case.objects.filter(shop_id=case.shop_id, id=case.id, state=case.state)
    if found.update(state=to_state, **columns) != 1:
        raise RuntimeError("a locked case changed under its lock")
    case.state = to_state
    for name, value in columns.items():
        setattr(case, name, value)
    if to_state == states.PERSON:
        needed = PersonNeeded(case.id, case.order_id, case.number)
        publish(shop_id=case.shop_id, event=needed, cause=("aftersales.case", case.id), now=now)


def _resumed(case: Case, now: datetime) -> dict[str, Any]:
    assert case.paused_at is not None
    terms = terms_from_json(case.terms)
    return {
        "paused_at": None,
        "answer_by": clocks.moved_on(case.answer_by, case.paused_at, now, terms),
        "decide_by": clocks.moved_on(case.decide_by, case.paused_at, now, terms),
    }


def note_finding(case: Case, kind: str, value: Mapping[str, Any], now: datetime) -> None:
    """Keep a fact as it was found."""
    Finding.objects.create(shop_id=case.shop_id, case_id=case.id, kind=kind, value=dict(value), at=now)


def note_decision(
    case: Case, *, action: str, rule: str, why: str, by: str, version: int, facts: Facts | None, note: str = "",
    now: datetime,
) -> None:  # fmt: skip
    """Keep a decision with the facts that it was made from."""
    decision_id = uuid7()
    sealed = keyring().seal(note.encode(), note_aad(decision_id)) if note else None
    Decision.objects.create(
        id=decision_id, shop_id=case.shop_id, case_id=case.id, at=now, by=by[:80], action=action, rule=rule, why=why,
        policy_version=version, facts=facts_to_json(facts) if facts else {},
        note_key_id=sealed.key_id if sealed else None, note_blob=sealed.blob if sealed else None,
    )  # fmt: skip


def answered(case: Case, now: datetime) -> dict[str, Any]:
    """Columns that say that the buyer has an answer, the first one's time kept."""
    return {} if case.answered_at else {"answered_at": now}


def decided(case: Case, *, action: str, rule: str, why: str, by: str, proven: bool, now: datetime) -> None:
    """The case has its decision: told to all, and to whoever follows up what is proven."""
    change(
        case, action=action, rule=rule, why=why, by=by[:80], proven=proven, tries=0,
        decided_at=case.decided_at or now, **answered(case, now),
    )  # fmt: skip
    publish(
        shop_id=case.shop_id,
        event=CaseDecided(
            case.id, case.order_id, case.number, case.line_id, case.sku_id, action, rule, why, by == SYSTEM, proven,
            case.units,
        ),
        cause=("aftersales.case", case.id),
        now=now,
    )  # fmt: skip
    audit.record(
        shop_id=case.shop_id,
        actor=by,
        action="claim_decided",
        subject=("order", case.order_id),
        data={"claim_id": str(case.id), "decision": action, "rule": rule, "why": why},
        now=now,
    )


def ended_without(case: Case, *, by: str, cause: str, now: datetime) -> None:
    """It is over without a decision: its buyer took it back. Its clocks stop."""
    last = {"decided_at": now, "by": by[:80], "why": "closed_withdrawn"} if case.decided_at is None else {}
    move(case, states.CLOSED, actor=by, cause=cause, now=now, **last, **answered(case, now))


def write(case: Case, author: str, text: str, now: datetime) -> UUID:
    """Keep a message, sealed."""
    reply_id = uuid7()
    sealed = keyring().seal(text.encode(), reply_aad(reply_id))
    Reply.objects.create(
        id=reply_id, shop_id=case.shop_id, case_id=case.id, author=author[:80], key_id=sealed.key_id, blob=sealed.blob,
        at=now,
    )  # fmt: skip
    return reply_id
