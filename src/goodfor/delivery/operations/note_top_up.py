"""Write down how an account was topped up: the proof that its buyer sees."""

from datetime import datetime
from uuid import UUID

from goodfor.delivery.models import TopUp
from goodfor.delivery.types import Delivered
from goodfor.kernel.ids import uuid7
from goodfor.supply import queries as supply
from goodfor.vault.types import Taken


def note_top_up(*, shop_id: UUID, line_id: UUID, sku_id: UUID, now: datetime) -> Delivered:
    """A row for each purchase that did some of it, in the caller's transaction; how many units and their cost.

    None were done where the count is 0. Done again, nothing changes.
    """
    done = supply.topped_up(shop_id, line_id)
    TopUp.objects.bulk_create(
        [
            TopUp(
                id=uuid7(), shop_id=shop_id, holder_id=line_id, number=one.number, supplier=one.supplier[:100],
                ref=one.ref[:64], units=one.units, message=one.message[:200], done_at=one.at, noted_at=now,
            )
            for one in done
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return Delivered(line_id, sku_id, Taken(sum(one.units for one in done), sum(one.cost_minor for one in done)))
