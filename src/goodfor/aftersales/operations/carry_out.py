"""Carry out what was decided about a case. Runs in the caller's transaction, with the order and the case locked.

What the table decides and cannot be done yet is done later by the loop; what cannot be done at all goes to a person.
What a person decides and cannot be done is refused, and nothing has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import clocks, facts, states
from goodfor.aftersales.events import BuyerAsked
from goodfor.aftersales.models import Case, Decision, Finding
from goodfor.aftersales.operations.steps import SYSTEM, answered, change, decided, move, note_decision, note_finding
from goodfor.aftersales.types import Facts
from goodfor.kernel.errors import DomainError
from goodfor.kernel.events import publish
from goodfor.orders.deciding import BY_ITSELF, Decider
from goodfor.orders.errors import NothingInItsPlace, RefundRunning
from goodfor.orders.operations.grant_refund import grant_refund
from goodfor.orders.operations.reject_claim import reject_claim
from goodfor.orders.operations.replace_claim import replace_claim
from goodfor.supply.operations.ask_about import ask_about
from goodfor.supply.operations.void_codes_at_supplier import void_codes_at_supplier

Outcome = Literal["done", "later", "stuck"]
#: So often something decided is tried before a person looks.
MOST_TRIES: Final = 200
#: What is said once the supplier took a code back.
TAKEN_BACK: Final = {"mind_taking_back": "mind_taken_back", "staff_void_refund": "staff_refund"}
_LOOK_AGAIN: Final = clocks.SUPPLIER_WAIT


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, by which row of the table (or none), and who says so."""

    action: str
    rule: str
    why: str
    proven: bool = False
    version: int = 0
    by: str = SYSTEM
    decider: Decider = BY_ITSELF
    note: str = ""

    @property
    def by_table(self) -> bool:
        """Nobody touched it."""
        return self.by == SYSTEM


def carry_out(case: Case, plan: Plan, known: Facts | None, codes: Sequence[UUID], now: datetime) -> int:
    """Do it; how many questions went to suppliers. `codes`: those that the buyer looked at.

    A person's decision raises what refuses it: NothingInItsPlace, RefundRunning, RefundCapReached and so on.
    """
    if plan.action == states.REFUND:
        _refund(case, plan, known, now)
    elif plan.action == states.REPLACE:
        _replace(case, plan, known, now)
    elif plan.action == states.REJECT:
        reject_claim(shop_id=case.shop_id, claim_id=case.id, cause=plan.why, actor=plan.by, now=now)
        _noted(case, plan, known, now)
        decided(case, action=states.REJECT, rule=plan.rule, why=plan.why, by=plan.by, proven=False, now=now)
        move(case, states.CLOSED, actor=plan.by, cause=plan.why, now=now)
    elif plan.action == states.VOID_REFUND:
        return _void(case, plan, known, codes, now)
    elif plan.action == states.ASK_SUPPLIER:
        return _ask_supplier(case, plan, known, codes, now)
    elif plan.action == states.ASK_BUYER:
        _ask_buyer(case, plan, known, now)
    else:
        _noted(case, plan, known, now)
        move(
            case, states.PERSON, actor=plan.by, cause=plan.rule or plan.why, now=now,
            next_at=None, **_shown(case, plan, now),
        )  # fmt: skip
    return 0


def carry_on(case: Case, now: datetime) -> None:
    """Try again what was decided and could not be done yet."""
    if case.action != states.REFUND and case.action != states.VOID_REFUND:
        change(case, next_at=now + _LOOK_AGAIN)
        return
    outcome = _money_back(case, BY_ITSELF, case.by, now)
    if outcome == "later" and case.tries < MOST_TRIES:
        change(case, tries=case.tries + 1, next_at=clocks.again_at(now, case.tries + 1))
    elif outcome == "done":
        move(case, states.CLOSED, actor=case.by, cause=case.why, now=now)
    else:
        move(case, states.PERSON, actor=SYSTEM, cause="cannot_carry", now=now, next_at=None)


def taken_back(case: Case, now: datetime, *, why: str = "") -> None:
    """The supplier has taken the codes back: the money follows, whoever had decided that."""
    made = Decision.objects.filter(shop_id=case.shop_id, case_id=case.id, action=states.VOID_REFUND).order_by("-id")
    by, asked_why = made.values_list("by", "why").first() or (SYSTEM, case.why)
    plan = Plan(states.VOID_REFUND, case.rule, why or TAKEN_BACK.get(asked_why, "taken_back"), by=by)
    _refund(case, plan, None, now)


def _refund(case: Case, plan: Plan, known: Facts | None, now: datetime) -> None:
    outcome = _money_back(case, plan.decider, plan.by, now)
    if outcome == "stuck":
        stuck = Plan(states.TO_PERSON, plan.rule, "cannot_carry", version=plan.version)
        carry_out(case, stuck, known, (), now)
        return
    _noted(case, replace(plan, action=states.REFUND), known, now)
    decided(case, action=plan.action, rule=plan.rule, why=plan.why, by=plan.by, proven=plan.proven, now=now)
    if outcome == "done":
        move(case, states.CLOSED, actor=plan.by, cause=plan.why, now=now)
    else:
        move(
            case, states.CARRYING, actor=plan.by, cause=plan.why, now=now,
            tries=1, next_at=clocks.again_at(now, 1),
        )  # fmt: skip


def _money_back(case: Case, decider: Decider, actor: str, now: datetime) -> Outcome:
    try:
        with transaction.atomic():
            grant_refund(
                shop_id=case.shop_id, claim_id=case.id, reason=f"claim:{case.reason}", actor=actor, by=decider,
                paid_from=_paid_from(case), now=now,
            )  # fmt: skip
    except RefundRunning:
        if decider.by_person:
            raise
        # One refund of an order at a time: this one follows.
        return "later"
    except DomainError:
        if decider.by_person:
            raise
        return "stuck"
    return "done"


def _paid_from(case: Case) -> str:
    """Where the buyer wished the money to go: an account of the ledger, or empty for the way it came."""
    found = Finding.objects.filter(shop_id=case.shop_id, case_id=case.id, kind=facts.CLAIM).order_by("id")
    value = found.values_list("value", flat=True).first()
    return str((value or {}).get("paid_from", ""))


def _replace(case: Case, plan: Plan, known: Facts | None, now: datetime) -> None:
    try:
        with transaction.atomic():
            outcome = replace_claim(shop_id=case.shop_id, claim_id=case.id, reason=plan.why, actor=plan.by, now=now)
    except NothingInItsPlace:
        if not plan.by_table:
            raise
        _refund(case, replace(plan, action=states.REFUND, why="replace_failed"), known, now)
        return
    except DomainError:
        if not plan.by_table:
            raise
        stuck = Plan(states.TO_PERSON, plan.rule, "cannot_carry", version=plan.version)
        carry_out(case, stuck, known, (), now)
        return
    _noted(case, plan, known, now)
    decided(case, action=states.REPLACE, rule=plan.rule, why=plan.why, by=plan.by, proven=plan.proven, now=now)
    if outcome == "replaced":
        move(case, states.CLOSED, actor=plan.by, cause=plan.why, now=now)
    else:
        # News of the purchase goes on with it; the look again is for nothing but a lost word.
        move(case, states.CARRYING, actor=plan.by, cause=plan.why, now=now, next_at=now + _LOOK_AGAIN)


def _void(case: Case, plan: Plan, known: Facts | None, codes: Sequence[UUID], now: datetime) -> int:
    until = clocks.wait_until(now, None if case.answered_at else case.answer_by, case.decide_by)
    count = void_codes_at_supplier(shop_id=case.shop_id, subject=case.id, code_ids=codes, now=now)
    note_finding(case, facts.VOID, {"at": now.isoformat(), "until": until.isoformat(), "count": count}, now)
    _noted(case, plan, known, now)
    move(
        case, states.CARRYING, actor=plan.by, cause=plan.why, now=now,
        next_at=until if count else now, **_shown(case, plan, now),
    )  # fmt: skip
    return count


def _ask_supplier(case: Case, plan: Plan, known: Facts | None, codes: Sequence[UUID], now: datetime) -> int:
    until = clocks.wait_until(now, None if case.answered_at else case.answer_by, case.decide_by)
    count = ask_about(shop_id=case.shop_id, subject=case.id, code_ids=codes, now=now, anew=True)
    note_finding(case, facts.ASKED, {"at": now.isoformat(), "until": until.isoformat(), "count": count}, now)
    _noted(case, plan, known, now)
    move(
        case, states.CHECKING, actor=plan.by, cause=plan.why, now=now,
        next_at=until if count else now, **_shown(case, plan, now),
    )  # fmt: skip
    return count


def _ask_buyer(case: Case, plan: Plan, known: Facts | None, now: datetime) -> None:
    note_finding(case, facts.QUESTION, {"why": plan.why, "by": "system" if plan.by_table else "staff"}, now)
    _noted(case, plan, known, now)
    move(
        case, states.ASKING, actor=plan.by, cause=plan.why, now=now, paused_at=now, next_at=now + clocks.BUYER_WAIT,
        rule=plan.rule, why=plan.why, **answered(case, now),
    )  # fmt: skip
    publish(
        shop_id=case.shop_id,
        event=BuyerAsked(case.id, case.order_id, case.number, plan.why),
        cause=("aftersales.case", case.id),
        now=now,
    )


def _noted(case: Case, plan: Plan, known: Facts | None, now: datetime) -> None:
    note_decision(
        case, action=plan.action, rule=plan.rule, why=plan.why, by=plan.by, version=plan.version, facts=known,
        note=plan.note, now=now,
    )  # fmt: skip


def _shown(case: Case, plan: Plan, now: datetime) -> dict[str, object]:
    """Why it stands where it does; a person's word is an answer, waiting for somebody is none."""
    return {"rule": plan.rule, "why": plan.why} | ({} if plan.by_table else answered(case, now))
