"""Somebody knows better than the breaker: buy from the supplier, or of the item, again at once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.supply.locks import lock_supplier
from goodfor.supply.purchase_models import Breaker


@transaction.atomic(savepoint=False)
def close_breaker(*, shop_id: UUID, supplier_id: UUID, item_key: str, actor: str, now: datetime) -> bool:
    """`item_key` empty: the whole supplier. False: it was closed already. Raises SupplierNotFound."""
    row = lock_supplier(shop_id, supplier_id)
    found = Breaker.objects.filter(shop_id=shop_id, supplier_id=supplier_id, item_key=item_key)
    reasons = list(found.values_list("reason", flat=True))
    if not reasons:
        return False
    found.delete()
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.breaker_closed",
        subject=("supply.supplier", supplier_id),
        data={"code": row.code, "item": item_key, "reason": reasons[0]},
        now=now,
    )
    return True
