"""Claims as plain data for JSON."""

from collections.abc import Sequence

from goodfor.aftersales.types import CaseView, DecisionView, GrantView
from goodfor.openapi.presenters import Json, money
from goodfor.orders.types import ClaimUnit, ClaimView, OrderView


def claim(
    order: OrderView,
    view: ClaimView,
    case: CaseView | None,
    units: Sequence[ClaimUnit],
    decision: DecisionView | None,
    explanation: str,
    grants: Sequence[GrantView],
    *,
    objection_possible: bool,
) -> Json:
    """ClaimOut."""
    live = view.closed_at is None
    return {
        "id": view.id,
        "order_number": order.number,
        "line_id": view.line_id,
        "reason": view.reason,
        "state": view.state,
        "stage": case.state if case else None,
        "opened_at": view.opened_at,
        "answer_by": (case.answer_by if case.answered_at is None else None) if case and live else None,
        "decide_by": case.decide_by if case and live else None,
        "closed_at": view.closed_at,
        "units": [unit(one) for one in units],
        "decision": _decision(decision, explanation) if decision else None,
        "refund": money(view.refund) if view.refund else None,
        "refunded": view.refund_back,
        "objection_possible": objection_possible,
        "grants": [grant(one) for one in grants],
    }


def unit(view: ClaimUnit) -> Json:
    """ClaimUnitOut."""
    return {"code_id": view.code_id, "state": view.state, "new_code_id": view.new_code_id}


def grant(view: GrantView) -> Json:
    """GrantOut."""
    return {"kind": view.kind, "amount": money(view.amount), "state": view.state}


def _decision(view: DecisionView, explanation: str) -> Json:
    return {
        "at": view.at,
        "action": view.action,
        "why": view.why,
        "explanation": explanation,
        "note": view.note,
        "automatic": view.by == "system",
    }
