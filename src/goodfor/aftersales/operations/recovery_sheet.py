"""A sheet of what a supplier is asked to make good, for one that takes complaints as a file."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.aftersales import states
from goodfor.aftersales.grant_models import Recovery
from goodfor.aftersales.grant_types import SheetLine
from goodfor.identity import queries as identity
from goodfor.kernel.money import Money
from goodfor.supply import queries as supply
from goodfor.vault.operations.mask_codes import mask_codes

MOST_LINES = 10_000


def recovery_sheet(*, shop_id: UUID, supplier_id: UUID, actor: str, now: datetime) -> list[SheetLine]:
    """A line for each bad code of what is due or sent, oldest first; codes masked, amounts add up to what is open.

    That codes were read for it is written down. Raises SupplierNotFound.
    """
    supply.supplier(shop_id, supplier_id)
    rows = Recovery.objects.filter(shop_id=shop_id, supplier_id=supplier_id, state__in=(states.DUE, states.SENT))
    found = list(rows.order_by("id")[:MOST_LINES])
    code_ids = [code_id for row in found for code_id in row.code_ids]
    masks = mask_codes(shop_id=shop_id, code_ids=code_ids, reason="recovery sheet", actor=actor, now=now)
    zone = ZoneInfo(identity.shop_by_id(shop_id).timezone)
    lines = []
    for row in found:
        codes = [masks.get(code_id, "") for code_id in row.code_ids] or [""]
        left = Money(row.amount_minor - row.settled_minor, row.currency)
        lines += [
            SheetLine(row.number, " ".join(row.purchases), code, row.made_at.astimezone(zone).date(), amount)
            for code, amount in zip(codes, left.allocate([1] * len(codes)), strict=True)
        ]
    return lines
