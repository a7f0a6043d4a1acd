"""Have suppliers take unused codes back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from goodfor.supply.operations.put_inquiries import Wish, bought_codes, put_inquiries


def void_codes_at_supplier(
    *, shop_id: UUID, subject: UUID, code_ids: Iterable[UUID], now: datetime, anew: bool = False
) -> int:  # fmt: skip
    """How many are new; `SupplierAnswered` tells the end of each. Only `voided` is voided: then their money comes back.

    A code is voided once, for whichever subject came first. `anew` as with `ask_about`.
    """
    wishes = [Wish(one.attempt_id, one.supplier_id, one.code_id) for one in bought_codes(shop_id, code_ids)]
    return put_inquiries(shop_id=shop_id, subject=subject, kind="void", wishes=wishes, anew=anew, now=now)
