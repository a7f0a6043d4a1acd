"""Open a case for a person, once for each business key."""

from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.payments.events import CaseOpened
from goodfor.payments.models import Case


def open_case(
    *,
    shop_id: UUID,
    kind: str,
    business_key: str,
    detail: dict[str, Any],
    now: datetime,
    payment_id: UUID | None = None,
    refund_id: UUID | None = None,
) -> UUID:
    """The id of the case, new or the one opened before under the same kind and key. `detail` holds no secrets."""
    case_id = uuid7()
    Case.objects.bulk_create(
        [
            Case(
                id=case_id,
                shop_id=shop_id,
                kind=kind,
                business_key=business_key[:160],
                payment_id=payment_id,
                refund_id=refund_id,
                detail=detail,
                opened_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    known = Case.objects.filter(shop_id=shop_id, kind=kind, business_key=business_key[:160])
    found = known.values_list("id", flat=True).get()
    if found == case_id:
        publish(shop_id=shop_id, event=CaseOpened(case_id, kind), cause=("case", case_id), now=now)
    return found
