"""Write down what a supplier's contract makes good."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales.errors import InvalidMoney
from goodfor.aftersales.grant_models import Recourse
from goodfor.kernel import audit
from goodfor.supply import queries as supply

ALL = 10_000


@transaction.atomic(savepoint=False)
def set_recourse(
    *, shop_id: UUID, supplier_id: UUID, cost: bool, compensation_points: int, actor: str, now: datetime
) -> None:
    """Whether it makes good the cost of bad codes, and how much (hundredths of a percent) of the compensation.

    Holds for recoveries from now on. Raises SupplierNotFound, InvalidMoney.
    """
    supply.supplier(shop_id, supplier_id)
    if not 0 <= compensation_points <= ALL:
        raise InvalidMoney(field="compensation_points")
    told = {"cost": cost, "compensation_points": compensation_points}
    row = Recourse(shop_id=shop_id, supplier_id=supplier_id, changed_at=now, changed_by=actor, **told)
    Recourse.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["shop_id", "supplier_id"],
        update_fields=["cost", "compensation_points", "changed_at", "changed_by"],
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="aftersales.recourse_set", subject=("supply.supplier", supplier_id),
        data=dict(told), now=now,
    )  # fmt: skip
