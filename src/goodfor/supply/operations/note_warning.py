"""A supplier let the shop know that something about a purchase was not honest: written down as they said it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.events import publish
from goodfor.supply.errors import AttemptNotFound
from goodfor.supply.events import SupplierWarned
from goodfor.supply.purchase_models import Attempt, Want

#: What they say: the goods were stolen, or charged back where they came from; the order itself was a fraud.
WARNINGS: Final = ("stolen", "charged_back", "fraud")


@transaction.atomic
def note_warning(*, shop_id: UUID, attempt_id: UUID, kind: str, note: str, actor: str, now: datetime) -> None:
    """Of a purchase. Risk control learns from it. Raises AttemptNotFound, InvalidInput(field)."""
    attempt = Attempt.objects.filter(shop_id=shop_id, id=attempt_id).first()
    if attempt is None:
        raise AttemptNotFound
    if kind not in WARNINGS:
        raise InvalidInput(field="kind")
    order_id, line_id = Want.objects.values_list("order_id", "line_id").get(shop_id=shop_id, id=attempt.want_id)
    audit.record(
        shop_id=shop_id, actor=actor, action="supply.warned", subject=("supply.attempt", attempt_id),
        data={"kind": kind, "note": note.strip()[:200]}, now=now,
    )  # fmt: skip
    event = SupplierWarned(attempt_id, attempt.supplier_id, order_id, line_id, kind)
    publish(shop_id=shop_id, event=event, cause=("supply.attempt", attempt_id), now=now)
