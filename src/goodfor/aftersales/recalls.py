"""Reads of batches that are off sale and of recalls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count

from goodfor.aftersales import states
from goodfor.aftersales.batch_models import BatchWatch, Recall, RecallItem
from goodfor.kernel.sql import Statement
from goodfor.vault import queries as stock

_HOLDERS: Final = Statement("goodfor.aftersales", "sql/holders.sql")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds codes of a batch without a remedy; `seen` of them were looked at. Amounts in minor units."""

    order_id: UUID
    line_id: UUID
    code_ids: tuple[UUID, ...]
    seen: int
    price_minor: int
    cost_minor: int


@dataclass(frozen=True, slots=True)
class RecallPreview:
    """What a recall comes to at most, in minor units of `currency`.

    `unseen` codes are made whole without asking, `seen` ones when their buyers say so. `refunds_minor`: all of their
    prices; `spare`: codes of other batches that could take their place, at `spare_cost_minor` for all that are needed.
    `cost_minor`: what the codes themselves had cost, which is the least that a supplier who sold them owes.
    """

    batch_id: UUID
    sku_id: UUID
    orders: int
    codes: int
    seen: int
    unseen: int
    refunds_minor: int
    spare: int
    spare_cost_minor: int
    cost_minor: int
    currency: str
    bad: int
    sold: int
    pulled_at: datetime | None
    pulled_by: str
    started: "RecallView | None"


@dataclass(frozen=True, slots=True)
class RecallView:
    """How a recall goes; `counts` of its orders by state (`states.RECALL`)."""

    id: UUID
    batch_id: UUID
    at: datetime
    started_by: str
    orders: int
    codes: int
    counts: dict[str, int]


def holders(shop_id: UUID, batch_id: UUID) -> list[Holder]:
    """All of them; a batch has some thousands at most."""
    return [Holder(row[0], row[1], tuple(row[2]), *row[3:6]) for row in _HOLDERS.rows(
        {"shop_id": shop_id, "batch_id": batch_id}
    )]  # fmt: skip


def preview_recall(shop_id: UUID, batch_id: UUID, now: datetime) -> RecallPreview:
    """Before it is started, and how it goes after. Raises BatchNotFound."""
    batch = stock.batch_by_id(shop_id, batch_id)
    found, watched = holders(shop_id, batch_id), watch_of(shop_id, batch_id)
    codes = sum(len(one.code_ids) for one in found)
    level = stock.stock(shop_id, [batch.sku_id], now).get(batch.sku_id)
    spare = min(level.available, codes) if level else 0
    cost = stock.stock_costs(shop_id, [batch.sku_id]).get(batch.sku_id)
    return RecallPreview(
        batch_id=batch_id, sku_id=batch.sku_id, orders=len(found), codes=codes, seen=sum(one.seen for one in found),
        unseen=codes - sum(one.seen for one in found),
        refunds_minor=sum(one.price_minor * len(one.code_ids) for one in found), spare=spare,
        spare_cost_minor=spare * cost[0] // max(1, level.available) if cost and level else 0,
        cost_minor=sum(one.cost_minor for one in found), currency=batch.currency,
        bad=watched.bad if watched else 0, sold=watched.sold if watched else 0,
        pulled_at=watched.pulled_at if watched else None, pulled_by=watched.pulled_by if watched else "",
        started=recall_of(shop_id, batch_id),
    )  # fmt: skip


def watch_of(shop_id: UUID, batch_id: UUID) -> BatchWatch | None:
    """How a batch was seen last; None: none of its codes ever proved bad."""
    return BatchWatch.objects.filter(shop_id=shop_id, batch_id=batch_id).first()


def recall_of(shop_id: UUID, batch_id: UUID) -> RecallView | None:
    """The recall of a batch."""
    row = Recall.objects.filter(shop_id=shop_id, batch_id=batch_id).first()
    if row is None:
        return None
    counted = RecallItem.objects.filter(shop_id=shop_id, recall=row).values_list("state").annotate(n=Count("id"))
    counts = dict.fromkeys(sorted(states.RECALL.states), 0) | dict(counted)
    return RecallView(row.id, batch_id, row.at, row.started_by, row.orders, row.codes, counts)


def recalled(shop_id: UUID, line_id: UUID, code_ids: Sequence[UUID]) -> bool:
    """Whether the shop itself called these codes of a line back."""
    told = RecallItem.objects.filter(shop_id=shop_id, line_id=line_id).exclude(state=states.OVER)
    called = {code for codes in told.values_list("code_ids", flat=True) for code in codes}
    return bool(code_ids) and set(code_ids) <= called


def offers(shop_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """Codes that a remedy is offered for, by line: what the pages of these orders tell their buyers."""
    rows = RecallItem.objects.filter(shop_id=shop_id, order_id__in=order_ids, state=states.OFFERED)
    return {line: tuple(codes) for line, codes in rows.values_list("line_id", "code_ids")}


def pulled_batches(shop_id: UUID, limit: int = 50) -> list[BatchWatch]:
    """Off sale for bad codes, latest first."""
    rows = BatchWatch.objects.filter(shop_id=shop_id, pulled_at__isnull=False).order_by("-pulled_at")
    return list(rows[:limit])
