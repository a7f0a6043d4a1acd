"""Whether what lies at a supplier fell below its mark, told once for each fall."""

from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.supply.account_models import Bell
from goodfor.supply.account_sums import in_books, lasts_days
from goodfor.supply.errors import SupplierNotFound
from goodfor.supply.events import BalanceLow
from goodfor.supply.models import Supplier

_BELL: Final = Statement("goodfor.supply", "sql/bell.sql")


@transaction.atomic
def watch_balance(*, shop_id: UUID, supplier_id: UUID, now: datetime) -> int:
    """How many bells rang: of what they said last, and of the books. Raises SupplierNotFound."""
    supplier = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if supplier is None:
        raise SupplierNotFound
    if supplier.low_balance is None:
        # Whoever sets a mark sees what there is: the first look rings nothing.
        Bell.objects.filter(shop_id=shop_id, supplier_id=supplier_id).delete()
        return 0
    seen = {"said": supplier.balance, "books": in_books(supplier, identity.shop_by_id(shop_id).currency)}
    return sum(_look(supplier, which, left, now) for which, left in seen.items() if left is not None)


def _look(supplier: Supplier, which: str, left: Decimal, now: datetime) -> int:
    mark = supplier.low_balance
    assert mark is not None
    row = _BELL.row(
        {
            "shop_id": supplier.shop_id, "supplier_id": supplier.id, "which": which, "enough": left >= mark, "now": now,
        }
    )  # fmt: skip
    if row is None or row[0] or not row[1]:
        return 0
    event = BalanceLow(
        supplier.id, which, f"{left.normalize():f}", f"{mark.normalize():f}", supplier.currency, row[1],
        lasts_days(supplier, left, now),
    )  # fmt: skip
    publish(shop_id=supplier.shop_id, event=event, cause=("supply.supplier", supplier.id), now=now)
    return 1
