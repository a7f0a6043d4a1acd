"""Have a supplier's catalogue and balance looked at now; the loop does it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.supply.locks import lock_supplier
from goodfor.supply.models import Supplier


@transaction.atomic(savepoint=False)
def ask_sweep(*, shop_id: UUID, supplier_id: UUID, actor: str, now: datetime) -> None:
    """One that is switched off is looked at when it is switched on. Raises SupplierNotFound."""
    row = lock_supplier(shop_id, supplier_id)
    Supplier.objects.filter(shop_id=shop_id, id=row.id).update(sweep_at=now)
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.sweep_asked",
        subject=("supply.supplier", supplier_id),
        data={"code": row.code},
        now=now,
    )
