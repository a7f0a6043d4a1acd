"""Have suppliers asked what became of codes that they sold."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from goodfor.supply.operations.put_inquiries import Wish, bought_codes, put_inquiries


def ask_about(*, shop_id: UUID, subject: UUID, code_ids: Iterable[UUID], now: datetime, anew: bool = False) -> int:
    """How many questions are new; `SupplierAnswered` tells the end of each, also where a supplier cannot be asked.

    Codes that came from no supplier are left out. The same again changes nothing; `anew`: what has ended is asked
    again.
    """
    wishes = [Wish(one.attempt_id, one.supplier_id, one.code_id) for one in bought_codes(shop_id, code_ids)]
    return put_inquiries(shop_id=shop_id, subject=subject, kind="ask", wishes=wishes, anew=anew, now=now)
