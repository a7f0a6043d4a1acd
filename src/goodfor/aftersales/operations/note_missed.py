"""Promised times that passed are written down, once each, and told to who pays for them and to who can help.

Runs in the caller's transaction with the order and the case locked: before anything else is done to a case, so that
what comes late counts as late even where the loop that watches was late itself.
"""

from datetime import datetime

from goodfor.aftersales import states
from goodfor.aftersales.events import CaseEscalated, DeadlineMissed
from goodfor.aftersales.mapping import terms_from_json
from goodfor.aftersales.models import Case
from goodfor.kernel.events import publish

OPERATORS, OWNER = 1, 2


def note_missed(case: Case, now: datetime) -> int:
    """How many of the two times were missed just now. While the buyer is waited for, and after the end, none is."""
    if case.state not in states.RUNNING:
        return 0
    missed = 0
    if case.answered_at is None and case.answer_by <= now:
        missed += _missed(case, "answer_missed_at", states.GOODWILL_ANSWER, OPERATORS, now)
    if case.decided_at is None and case.decide_by <= now:
        missed += _missed(case, "decision_missed_at", states.GOODWILL_DECISION, OWNER, now)
    return missed


def _missed(case: Case, column: str, what: str, level: int, now: datetime) -> int:
    found = Case.objects.filter(shop_id=case.shop_id, id=case.id, **{f"{column}__isnull": True})
    if not found.update(**{column: now}):
        return 0
    setattr(case, column, now)
    terms = terms_from_json(case.terms)
    owed = {
        states.GOODWILL_ANSWER: terms.goodwill_answer_minor,
        states.GOODWILL_DECISION: terms.goodwill_decision_minor,
    }[what]
    cause = ("aftersales.case", case.id)
    event = DeadlineMissed(case.id, case.order_id, case.number, what, owed, case.currency)
    publish(shop_id=case.shop_id, event=event, cause=cause, now=now)
    if case.escalated < level:
        Case.objects.filter(shop_id=case.shop_id, id=case.id, escalated__lt=level).update(escalated=level)
        case.escalated = level
        told = CaseEscalated(case.id, case.order_id, case.number, level)
        publish(shop_id=case.shop_id, event=told, cause=cause, now=now)
    return 1
