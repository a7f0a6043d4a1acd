"""Money between the shop and a supplier that no purchase moved: paid in advance, paid back, a difference."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.kernel.money import EXPONENTS
from goodfor.supply import entries
from goodfor.supply.account_models import MOVEMENTS
from goodfor.supply.errors import MovementInvalid
from goodfor.supply.locks import lock_supplier
from goodfor.supply.operations.book_attempt import book_movement


@transaction.atomic(savepoint=False)
def record_movement(
    *, shop_id: UUID, supplier_id: UUID, kind: str, amount: Decimal, shop_currency: str, key: UUID, note: str,
    actor: str, now: datetime,
) -> None:  # fmt: skip
    """`kind`: top_up or withdrawal (of more than nothing), or correction (signed: what it adds to the account there).

    `amount` in the supplier's currency. `key` names the movement: the same again changes nothing. A correction says
    why in its `note`. Raises SupplierNotFound, MovementInvalid, InsufficientFunds.
    """
    supplier = lock_supplier(shop_id, supplier_id)
    if kind not in MOVEMENTS or not amount.is_finite():
        raise MovementInvalid(field="kind")
    signed = -amount if kind == "withdrawal" else amount
    if signed == 0 or (kind != "correction" and amount < 0):
        raise MovementInvalid(_("金额必须大于 0"), field="amount")
    minor = entries.minor(signed, supplier.rate, EXPONENTS[shop_currency])
    if minor == 0 or abs(amount) >= Decimal(10**11) or amount != round(amount, 6):
        raise MovementInvalid(field="amount")
    if kind == "correction" and not note.strip():
        raise MovementInvalid(_("请写明调整的原因"), field="note")
    reference = f"supplier_{kind}:{supplier_id}:{key}"
    new = book_movement(
        supplier=supplier, kind=kind, amount=signed, amount_minor=minor, shop_currency=shop_currency,
        reference=reference, note=note.strip()[:200], actor=actor, now=now,
    )  # fmt: skip
    if not new:
        return
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.money_moved",
        subject=("supply.supplier", supplier_id),
        data={"kind": kind, "amount": str(signed), "amount_minor": minor, "note": note.strip()[:200]},
        now=now,
    )
