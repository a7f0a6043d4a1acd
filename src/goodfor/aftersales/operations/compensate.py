"""Give what a promise owes beyond the refund for a code that was proven bad."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.errors import CaseNotFound
from goodfor.aftersales.models import Case, Decision
from goodfor.aftersales.operations.grant import grant
from goodfor.aftersales.term_reads import compensation_of, owed
from goodfor.aftersales.types import Compensation, GrantView
from goodfor.orders import queries as orders
from goodfor.orders.types import price_of

#: What a supplier says of a code that it thereby admits.
ADMITTED: Final = frozenset({"invalid", "expired", "voided", "used_before"})


@transaction.atomic(savepoint=False)
def compensate(*, shop_id: UUID, case_id: UUID, now: datetime) -> GrantView | None:
    """By the terms that the order had: base times the multiple, at most the caps of the claim and of the shop's day.

    Once a case; None where nothing is owed: not proven, another reason, no such promise, the day's cap used up.
    Best in a transaction of its own (see `grant`). Raises CaseNotFound.
    """
    case = Case.objects.filter(shop_id=shop_id, id=case_id).first()
    if case is None:
        raise CaseNotFound
    terms = compensation_of(case.terms)
    if not case.proven or not _proved_as_asked(case, terms):
        return None
    amount = owed(terms, case.reason, _base(case, terms))
    return grant(
        shop_id=shop_id, case_id=case_id, order_id=case.order_id, line_id=case.line_id, kind=states.COMPENSATION,
        amount_minor=amount, currency=case.currency, way=terms.way, reason=case.reason, now=now,
        day_cap_minor=terms.day_cap_minor,
    )  # fmt: skip


def _base(case: Case, terms: Compensation) -> int:
    if terms.multiple <= 0:
        return 0
    order = orders.order_view(case.shop_id, case.order_id)
    if terms.base == "order":
        return order.total.amount_minor
    line = next((line for line in order.lines if line.line_id == case.line_id), None)
    return price_of(line.net.amount_minor, line.quantity, 0, min(case.units, line.quantity)) if line else 0


def _proved_as_asked(case: Case, terms: Compensation) -> bool:
    """Where the promise asks for the supplier's own word: what it had said when the case was decided last."""
    if terms.evidence == "any":
        return True
    facts = Decision.objects.filter(shop_id=case.shop_id, case_id=case.id).order_by("-id").values_list("facts").first()
    return facts is not None and facts[0].get("code_said") in ADMITTED
