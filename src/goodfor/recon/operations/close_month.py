"""Close a month of the books, softly or for good, once what is asked before is so."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.ledger.operations.close_period import close_period
from goodfor.ledger.operations.soft_close_period import soft_close_period
from goodfor.recon.errors import MonthNotClosable, ReasonMissing
from goodfor.recon.month_checks import month_check
from goodfor.recon.sheet import Expected


def close_month(
    *, shop_id: UUID, month: date, hard: bool, expected: Expected, reason: str, actor: str, now: datetime
) -> str:  # fmt: skip
    """Close it (its first day) and all before it; returns its state: `soft`, `closing` (call again) or `closed`.

    The reason and what was told against it are written down. Raises ReasonMissing, MonthNotClosable with the reasons,
    InvalidInput (not over).
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        check = month_check(shop_id, month, expected, now, hard=hard)
        asked = check.hard if hard else check.soft
        if not check.may_close(hard=hard):
            raise MonthNotClosable(
                state=check.state, reasons=[[one.key, *one.where] for one in asked if one.blocks and not one.ok]
            )
        close = close_period if hard else soft_close_period
        state = close(shop_id=shop_id, month=month, now=now)
        if check.state == "closing":
            # It was written down when closing began.
            return state
        audit.record(
            shop_id=shop_id, actor=actor, action="recon.month_closed" if hard else "recon.month_soft_closed",
            subject=("recon.shop", shop_id),
            data={
                "month": f"{month:%Y-%m}", "reason": reason.strip()[:300], "state": state,
                "told": [one.key for one in asked if not one.ok],
            },
            now=now,
        )  # fmt: skip
    return state
