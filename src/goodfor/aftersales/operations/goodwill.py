"""Give what a promise owes after a missed deadline."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales.errors import CaseNotFound
from goodfor.aftersales.mapping import terms_from_json
from goodfor.aftersales.models import Case
from goodfor.aftersales.operations.grant import grant
from goodfor.aftersales.term_reads import goodwill_of
from goodfor.aftersales.types import GrantView


@transaction.atomic(savepoint=False)
def goodwill(*, shop_id: UUID, case_id: UUID, kind: str, now: datetime) -> GrantView | None:
    """`kind`: late_answer or late_decision, by the terms of the case; once each. None where nothing was promised.

    It is expense, never borne by the reserve, and under no cap. It moves no wallet before the ledger's turn, so it may
    stand in the transaction that misses the deadline. Raises CaseNotFound.
    """
    case = Case.objects.filter(shop_id=shop_id, id=case_id).first()
    if case is None:
        raise CaseNotFound
    terms = terms_from_json(case.terms)
    return grant(
        shop_id=shop_id, case_id=case_id, order_id=case.order_id, line_id=case.line_id, kind=kind,
        amount_minor=goodwill_of(terms, kind), currency=case.currency, way=terms.compensation.way,
        reason=kind, now=now,
    )  # fmt: skip
