"""Forget what buyers filled in for top-ups, once nobody needs it any more."""

from collections.abc import Sequence
from uuid import UUID

from goodfor.supply import states
from goodfor.supply.purchase_models import Want


def forget_forms(*, shop_id: UUID, order_ids: Sequence[UUID]) -> int:
    """In the caller's transaction; how many were forgotten. A purchase that is still asked about keeps its own."""
    known = Want.objects.filter(shop_id=shop_id, order_id__in=order_ids, form_blob__isnull=False, in_flight=0)
    return known.exclude(state=states.OPEN).update(form_key_id=None, form_blob=None)
