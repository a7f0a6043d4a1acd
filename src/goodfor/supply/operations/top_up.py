"""The shop paid a supplier in advance: the staff write it down."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.kernel.money import Money
from goodfor.supply.errors import SupplierInvalid
from goodfor.supply.locks import lock_supplier
from goodfor.supply.operations.book_attempt import record_top_up


@transaction.atomic(savepoint=False)
def top_up_supplier(
    *, shop_id: UUID, supplier_id: UUID, amount: Money, key: UUID, note: str, actor: str, now: datetime
) -> None:
    """`key` names the payment: the same again changes nothing. `note`: the bank's number, say.

    Raises SupplierNotFound; SupplierInvalid for a supplier without a prepayment in this currency, or an amount of
    nothing.
    """
    row = lock_supplier(shop_id, supplier_id)
    if row.cycle != "prepaid" or row.currency != amount.currency:
        raise SupplierInvalid(_("只有以店铺币种预付的供应商才有预存款"), field="amount")
    if amount.amount_minor <= 0:
        raise SupplierInvalid(_("金额必须大于 0"), field="amount")
    record_top_up(
        shop_id=shop_id, supplier=row, amount_minor=amount.amount_minor, currency=amount.currency,
        reference=f"supplier_top_up:{supplier_id}:{key}", actor=actor, now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.supplier_topped_up",
        subject=("supply.supplier", supplier_id),
        data={"code": row.code, "amount_minor": amount.amount_minor, "note": note[:200], "key": str(key)},
        now=now,
    )
