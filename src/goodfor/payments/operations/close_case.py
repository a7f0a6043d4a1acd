"""A person has dealt with a case."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.payments import states
from goodfor.payments.errors import CaseNotFound
from goodfor.payments.models import Case


def close_case(*, shop_id: UUID, case_id: UUID, resolution: str, actor: str, now: datetime) -> None:
    """Close it with a word on what was done. Closing a closed one changes nothing. Raises CaseNotFound."""
    with transaction.atomic(savepoint=False):
        case = Case.objects.filter(shop_id=shop_id, id=case_id)
        closed = case.filter(state=states.OPEN).update(state=states.CLOSED, closed_at=now, resolution=resolution[:200])
        if not closed:
            if not case.exists():
                raise CaseNotFound
            return
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="payments.case_closed",
            subject=("payments.case", case_id),
            data={"resolution": resolution[:200]},
            now=now,
        )
