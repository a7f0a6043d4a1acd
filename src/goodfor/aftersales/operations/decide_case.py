"""A person decides about a claim."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.case_queries import case_view
from goodfor.aftersales.errors import CaseMoved, InvalidDecision
from goodfor.aftersales.evidence import Evidence, look
from goodfor.aftersales.operations.carry_out import Plan, carry_out
from goodfor.aftersales.operations.steps import hold_case, move
from goodfor.aftersales.types import CaseView
from goodfor.kernel import faultpoints
from goodfor.orders import claim_states
from goodfor.orders.deciding import Decider
from goodfor.orders.operations.note_refund_cap import telling_of_cap

MAX_NOTE = 500
_OPEN = frozenset({states.CHECKING, states.PERSON, states.ASKING})


def decide_case(
    *, shop_id: UUID, case_id: UUID, action: str, note: str = "", proven: bool = False, actor: str, by: Decider,
    now: datetime,
) -> CaseView:  # fmt: skip
    """Decide and carry it out: `action` of `states.ACTIONS` but ask_buyer, which is an operation of its own.

    `note`: for the buyer, at most 500 characters. `proven`: the codes count as bad. `person`: whatever the table would
    say, a person decides about this one. Nothing has changed where it is refused.
    Raises CaseNotFound, CaseMoved (carried out already, or over), InvalidDecision (field `action`, `note`, `proven`),
    NothingInItsPlace, RefundRunning, PaymentDisputed, RefundCapReached, RefundAboveDailyLimit, RefundNeedsProof.
    """
    note = note.strip()
    if action not in states.ACTIONS or action == states.ASK_BUYER:
        raise InvalidDecision(field="action")
    if len(note) > MAX_NOTE or "\x00" in note:
        raise InvalidDecision(field="note")
    if proven and action not in states.REMEDIES:
        raise InvalidDecision(field="proven")
    with telling_of_cap(shop_id, now), transaction.atomic():
        case = hold_case(shop_id, case_id, now)
        if case.state not in _OPEN:
            raise CaseMoved
        evidence = look(case, now)
        if evidence.claim_state != claim_states.OPEN:
            raise CaseMoved
        _check(action, evidence)
        if case.state == states.ASKING:
            move(case, states.PERSON, actor=actor, cause="decides", now=now, next_at=None)
        carry_out(case, _plan(action, evidence, note, proven, actor, by), evidence.facts, evidence.codes, now)
    faultpoints.reach("aftersales.decided")
    return case_view(shop_id, case_id)


def _check(action: str, evidence: Evidence) -> None:
    known = evidence.facts
    impossible = (
        (action == states.VOID_REFUND and not known.can_void)
        or (action == states.ASK_SUPPLIER and not known.can_ask)
        or (action == states.REPLACE and known.kind != "code")
    )
    if impossible:
        raise InvalidDecision(field="action")


def _plan(action: str, evidence: Evidence, note: str, proven: bool, actor: str, by: Decider) -> Plan:
    if action == states.REJECT and evidence.facts.objection:
        why = "staff_final"
    elif action in (states.TO_PERSON, states.ASK_SUPPLIER):
        why = "asking" if action == states.ASK_SUPPLIER else "check_person"
    else:
        why = f"staff_{action}"
    return Plan(action, "", why, proven, by=actor, decider=by, note=note)
