"""A buyer says how it went."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.errors import CaseMoved, InvalidDecision
from goodfor.aftersales.events import CaseRated
from goodfor.aftersales.models import Case
from goodfor.aftersales.operations.steps import hold_case
from goodfor.kernel import audit
from goodfor.kernel.events import publish


@transaction.atomic
def rate(*, shop_id: UUID, case_id: UUID, rating: int, actor: str, now: datetime) -> None:
    """Keep 1 (bad) to 5 (good) for a closed case, once. Raises CaseNotFound, CaseMoved, InvalidDecision."""
    if type(rating) is not int or not 1 <= rating <= 5:
        raise InvalidDecision(field="rating")
    case = hold_case(shop_id, case_id, now)
    open_ones = Case.objects.filter(shop_id=shop_id, id=case.id, state=states.CLOSED, rating__isnull=True)
    if not open_ones.update(rating=rating):
        raise CaseMoved
    event = CaseRated(case.id, case.order_id, case.buyer, rating)
    publish(shop_id=shop_id, event=event, cause=("aftersales_case", case.id), now=now)
    audit.record(
        shop_id=shop_id, actor=actor, action="claim_rated", subject=("order", case.order_id),
        data={"claim_id": str(case.id), "rating": rating}, now=now,
    )  # fmt: skip
