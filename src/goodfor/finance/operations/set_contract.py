"""Agree something with a supplier: the next version of its contract."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.finance import states
from goodfor.finance.errors import InvalidContract
from goodfor.finance.mapping import contract_view
from goodfor.finance.models import CODE, Contract
from goodfor.finance.types import ContractView
from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.supply import queries as supply


def set_contract(
    *,
    shop_id: UUID,
    supplier_code: str,
    model: str,
    valid_from: datetime,
    actor: str,
    now: datetime,
    tax_class: str = "",
    input_bp: int = 0,
    cycle: str = "prepaid",
    fee_bearer: str = "platform",
    valid_to: datetime | None = None,
) -> ContractView:
    """The next version; the code is empty for goods of the shop's own. It counts what is delivered while it holds.

    What was delivered before keeps the contract that it was delivered under. What is the same as the last version
    makes no new one. Raises InvalidContract (`field`).
    """
    wrong = {
        "supplier_code": bool(supplier_code) and supplier_code not in {one.code for one in supply.suppliers(shop_id)},
        "model": model not in states.MODELS,
        "tax_class": bool(tax_class) and not re.fullmatch(CODE, tax_class),
        "input_bp": not 0 <= input_bp <= states.WHOLE,
        "cycle": cycle not in states.CYCLES,
        "fee_bearer": fee_bearer not in states.FEE_BEARERS,
        "valid_to": valid_to is not None and valid_to <= valid_from,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise InvalidContract(field=name)
    says = {
        "model": model, "tax_class": tax_class, "input_bp": input_bp, "cycle": cycle, "fee_bearer": fee_bearer,
        "valid_from": valid_from, "valid_to": valid_to,
    }  # fmt: skip
    with transaction.atomic():
        advisory_xact_lock(("finance", shop_id))
        last = Contract.objects.filter(shop_id=shop_id, supplier_code=supplier_code).order_by("-version").first()
        if last is not None and all(getattr(last, name) == value for name, value in says.items()):
            return contract_view(last)
        row = Contract.objects.create(
            shop_id=shop_id, supplier_code=supplier_code, version=last.version + 1 if last else 1, made_at=now,
            made_by=actor[:80], **says,
        )  # fmt: skip
        told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in says.items()}
        audit.record(
            shop_id=shop_id, actor=actor, action="finance.contract_set", subject=("finance.contract", row.id),
            data={"supplier": supplier_code, "version": row.version, **told}, now=now,
        )  # fmt: skip
    return contract_view(row)
