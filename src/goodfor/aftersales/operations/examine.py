"""Look into a claim and decide what the table says: by the loop, at the tap, and whenever news comes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.evidence import KEPT, PARTLY, VOIDED, VOIDING, Evidence, look
from goodfor.aftersales.models import Case, Decision
from goodfor.aftersales.operations.carry_out import Plan, carry_on, carry_out, taken_back
from goodfor.aftersales.operations.steps import (
    SYSTEM,
    change,
    decided,
    ended_without,
    hold_case,
    move,
    note_decision,
    note_finding,
)
from goodfor.aftersales.policies import policy
from goodfor.aftersales.rules import decide
from goodfor.aftersales.types import Verdict
from goodfor.kernel import faultpoints
from goodfor.orders import claim_states

#: Looks in a row: each but the last one asked a supplier and had its answer at once, which is that nobody can be asked.
_LOOKS = 4
#: Words of risk control that leave the table to decide.
_NOTHING_SAID = ("", "allow")


def examine(*, shop_id: UUID, case_id: UUID, now: datetime) -> str:
    """Gather what is known, decide, and carry it out, in one transaction; the state after. Raises CaseNotFound.

    Nothing happens to a closed case, to one whose buyer was asked, and while a supplier is waited for in time.
    """
    with transaction.atomic():
        case = hold_case(shop_id, case_id, now)
        examine_held(case, now)
    faultpoints.reach("aftersales.decided")
    return case.state


def examine_held(case: Case, now: datetime) -> None:
    """The same in the caller's transaction, with the order and the case locked."""
    if case.state == states.CLOSED:
        return
    if case.state == states.ASKING:
        if case.next_at is not None and now >= case.next_at:
            carry_out(case, Plan(states.REJECT, "", "no_answer"), None, (), now)
        return
    for _look in range(_LOOKS):
        evidence = look(case, now)
        _keep(case, evidence, now)
        if _step(case, evidence, now):
            return


def _keep(case: Case, evidence: Evidence, now: datetime) -> None:
    for kind in evidence.fresh:
        note_finding(case, kind, evidence.found[kind], now)
    known = {
        "seen": evidence.facts.seen,
        "supplier_id": evidence.supplier_id or case.supplier_id,
        "batch_id": evidence.batch_id or case.batch_id,
    }
    if any(getattr(case, name) != value for name, value in known.items()):
        change(case, **known)


def _step(case: Case, evidence: Evidence, now: datetime) -> bool:
    """One step; False: what was found by it has to be looked at at once."""
    if evidence.claim_state not in claim_states.LIVE:
        follow_claim(case, evidence.claim_state, now)
        return True
    if case.state == states.CARRYING and case.decided_at is not None:
        carry_on(case, now)
        return True
    if evidence.void == VOIDED:
        taken_back(case, now)
        return True
    if evidence.void == VOIDING or evidence.facts.code_said == "asked":
        return True
    if case.state == states.CARRYING:
        move(case, states.CHECKING, actor=SYSTEM, cause="not_taken_back", now=now, next_at=now)
    table = policy(case.shop_id)
    plan = _possible(evidence, decide(table.rules, evidence.facts, table.version))
    if case.state == states.PERSON and (plan.action == states.TO_PERSON or _by_person(case)):
        # What the table would say now, for the person who decides.
        change(case, rule=plan.rule, why=plan.why, next_at=None)
        return True
    asked = carry_out(case, plan, evidence.facts, evidence.codes, now)
    return bool(asked) or plan.action != states.ASK_SUPPLIER


def _possible(evidence: Evidence, verdict: Verdict) -> Plan:
    """What the table says, or a person where that cannot be done or was done before."""
    rule, facts_now = verdict.rule, evidence.facts
    impossible = (
        evidence.void == PARTLY
        or (rule.then == states.ASK_SUPPLIER and (facts_now.code_said != "" or not facts_now.can_ask))
        or (rule.then == states.ASK_BUYER and facts_now.asked_buyer)
        # Whatever a shop's own table says of it.
        or (rule.then in states.REMEDIES and facts_now.risk not in _NOTHING_SAID)
        or (rule.then == states.VOID_REFUND and (evidence.void == KEPT or not facts_now.can_void))
    )
    if impossible:
        return Plan(states.TO_PERSON, rule.name, "check_person", version=verdict.policy_version)
    return Plan(rule.then, rule.name, rule.why, rule.proven, verdict.policy_version)


def _by_person(case: Case) -> bool:
    """A person has it in hand: the latest decision is theirs."""
    last = Decision.objects.filter(shop_id=case.shop_id, case_id=case.id).order_by("-id").values_list("by").first()
    return last is not None and last[0] != SYSTEM


def follow_claim(case: Case, claim_state: str, now: datetime) -> None:
    """The claim ended elsewhere (order refunded whole, claim taken back by its buyer, new code there): so does this."""
    if claim_state == claim_states.WITHDRAWN:
        ended_without(case, by="buyer", cause="withdrawn", now=now)
        return
    wanted = {
        claim_states.REFUNDED: (states.REFUND, "closed_refunded"),
        claim_states.REPLACED: (states.REPLACE, "staff_replace"),
        claim_states.REJECTED: (states.REJECT, "staff_reject"),
    }[claim_state]
    same = case.action == wanted[0] or (claim_state == claim_states.REFUNDED and case.action == states.VOID_REFUND)
    if not same:
        note_decision(case, action=wanted[0], rule="", why=wanted[1], by="order", version=0, facts=None, now=now)
        decided(case, action=wanted[0], rule="", why=wanted[1], by="order", proven=False, now=now)
    move(case, states.CLOSED, actor=SYSTEM, cause=f"claim:{claim_state}", now=now)
