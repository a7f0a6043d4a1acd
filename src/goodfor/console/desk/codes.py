"""The lists of codes: batches, and stock by SKU. Codes themselves have no list."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from goodfor.console import words
from goodfor.console.columns import Text
from goodfor.console.desk.sku_names import sku_choices, sku_names
from goodfor.console.listing.spec import ALL_TAB, Act, ActContext, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault.types import BatchFigures, BatchSearch, StockRow

COUNT_LIMIT: Final = 1000
WALK: Final = 200
TABS: Final = (
    Tab(ALL_TAB, _("全部")),
    Tab("open", _("在售"), ("open",)),
    Tab("staging", _("待上架"), ("staging",), "amber"),
    Tab("quarantined", _("已隔离"), ("quarantined",), "red"),
    Tab("ended", _("已售完或过期"), ("ended",)),
    Tab("cancelled", _("已取消"), ("cancelled",)),
)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch with the names that people know."""

    found: BatchFigures
    sku: str
    who: str

    @property
    def total_cost(self) -> Money:
        """What all of its codes cost."""
        return Money(self.found.cost_minor, self.found.batch.currency)


def batch_rows(shop_id: UUID, found: Sequence[BatchFigures]) -> list[BatchRow]:
    """Batches with the names of their SKUs and of who imported them."""
    names = sku_names(shop_id, [one.batch.sku_id for one in found])
    people = {one.actor: one.username for one in identity.staff_of_shop(shop_id)}
    rows = []
    for one in found:
        who = one.batch.created_by
        rows.append(BatchRow(one, names.get(one.batch.sku_id, ""), people.get(who, words.actor(who))))
    return rows


def _search(asked: Asked) -> BatchSearch:
    given = asked.values
    return BatchSearch(
        condition="" if asked.tab == ALL_TAB else asked.tab,
        sku_ids=(UUID(given["sku"]),) if given.get("sku") else (),
        since=given.get("imported_from"),
        until=given.get("imported_until"),
        expires_before=given.get("expires_until"),
        text=given.get("text", ""),
    )


class _Batches:
    """Batches as the kit asks for them."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[BatchRow]:
        found = stock.search_batches(asked.shop_id, _search(asked), offset=offset, limit=limit)
        return batch_rows(asked.shop_id, found)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        return stock.count_batches(asked.shop_id, _search(asked), limit=COUNT_LIMIT)

    def walk(self, asked: Asked) -> Iterator[Sequence[BatchRow]]:
        offset = 0
        while page := self.page(asked, offset=offset, limit=WALK):
            yield page
            offset += WALK

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return stock.search_batch_ids(asked.shop_id, _search(asked), limit=limit)

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[BatchRow]:
        return batch_rows(shop_id, stock.batches_by_ids(shop_id, ids))


def _sku_choices(visitor: Visitor) -> list[tuple[str, Text]]:
    return list(sku_choices(visitor.shop.id))


def file_link(row: BatchRow) -> SafeString:
    """The file's name, leading to the batch."""
    batch = row.found.batch
    return format_html('<a href="{}">{}</a>', reverse("desk:code-batch", args=[batch.id]), batch.filename)


def unit_cost(row: BatchRow) -> str:
    """What one code costs; from and to where lines had their own costs."""
    currency = row.found.batch.currency
    low, high = (Money(minor, currency) for minor in row.found.unit_costs)
    plain = writing.plain_money(low)
    return plain if low == high else f"{plain} – {writing.plain_money(high)}"


def condition(row: BatchRow) -> tuple[str, str]:
    """In which state a batch is, in words with a tone."""
    text, tone = words.BATCH_CONDITIONS[row.found.condition]
    return str(text), tone


def _quarantine(context: ActContext, batch_id: UUID) -> None:
    vault.quarantine_lots(
        shop_id=context.shop_id, batch_id=batch_id, reason=context.note, actor=context.actor, now=context.now
    )


def _restore(context: ActContext, batch_id: UUID) -> None:
    vault.restore_lots(
        shop_id=context.shop_id, batch_id=batch_id, reason=context.note, actor=context.actor, now=context.now
    )


CODE_BATCHES: Final = Listing(
    key="code-batches",
    page="desk:code-batches",
    title=_("卡密批次"),
    permission=Permission.STOCK_VIEW,
    source=_Batches(),
    row_id=lambda row: row.found.batch.id,
    row_name=lambda row: f"{row.found.batch.filename} {row.sku}",
    tabs=TABS,
    count_limit=COUNT_LIMIT,
    columns=(
        Column("file", _("文件"), lambda row: row.found.batch.filename, show=file_link, first=True),
        Column("sku", _("商品"), lambda row: row.sku, first=True),
        Column("state", _("状态"), condition, "badge"),
        Column("lines", _("行数"), lambda row: row.found.batch.lines_done, "number", default=False),
        Column("accepted", _("入库"), lambda row: row.found.batch.counts.accepted, "number"),
        Column("sold", _("已售"), lambda row: row.found.sold, "number"),
        Column("left", _("剩余"), lambda row: row.found.left, "number"),
        Column("quarantined", _("隔离"), lambda row: row.found.quarantined, "number"),
        Column("faults", _("未入库"), lambda row: row.found.batch.counts.faults, "number", default=False),
        Column("cost", _("单个成本"), unit_cost, permission=Permission.CODES_IMPORT),
        Column("total", _("总成本"), lambda row: row.total_cost, "money", permission=Permission.CODES_IMPORT),
        Column("expires", _("最早到期"), lambda row: row.found.expires_at, "time"),
        Column("note", _("来源备注"), lambda row: row.found.batch.note),
        Column("who", _("导入人"), lambda row: row.who, default=False),
        Column("imported", _("导入时间"), lambda row: row.found.batch.created_at, "time"),
    ),
    filters=(
        Filter("sku", _("商品"), "choice", _sku_choices),
        Filter("text", _("文件名或备注")),
        Filter("imported", _("导入时间"), "days"),
        Filter("expires", _("到期早于"), "days", folded=True, hint=_("只看右边的日期")),
    ),
    acts=(
        Act("quarantine", _("隔离"), _("把 {n} 个批次停售隔离？已售出的卡密不受影响。"), Permission.CODES_QUARANTINE,
            _quarantine, asks=_("隔离原因")),
        Act("restore", _("解除隔离"), _("让 {n} 个批次恢复销售？"), Permission.CODES_QUARANTINE, _restore,
            asks=_("解除原因")),
    ),
    export_permission=Permission.CODES_IMPORT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SkuStock:
    """Stock of a SKU with its name."""

    row: StockRow
    sku: str


class _Stock:
    """Stock as the kit asks for it; a shop has some hundreds of SKUs, so all are read at once."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[SkuStock]:
        return self._rows(asked)[offset : offset + limit]

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        rows = self._rows(replace(asked, tab=ALL_TAB))
        return {ALL_TAB: len(rows), **{tab: sum(1 for one in rows if fits(one.row)) for tab, fits in _IS.items()}}

    def walk(self, asked: Asked) -> Iterator[Sequence[SkuStock]]:
        yield self._rows(asked)

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return [one.row.sku_id for one in self._rows(asked)[:limit]]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[SkuStock]:
        return [one for one in _all_stock(shop_id) if one.row.sku_id in set(ids)]

    def _rows(self, asked: Asked) -> list[SkuStock]:
        rows, wanted = _all_stock(asked.shop_id), asked.values.get("sku")
        if wanted:
            rows = [one for one in rows if str(one.row.sku_id) == wanted]
        return rows if asked.tab == ALL_TAB else [one for one in rows if _IS[asked.tab](one.row)]


def _all_stock(shop_id: UUID) -> list[SkuStock]:
    rows = stock.stock_report(shop_id, utc_now())
    names = sku_names(shop_id, [row.sku_id for row in rows])
    return sorted((SkuStock(row, names.get(row.sku_id, "")) for row in rows), key=lambda one: one.sku)


_IS: Final[Mapping[str, Callable[[StockRow], bool]]] = {
    "soon": lambda row: row.soon30 > 0,
    "empty": lambda row: row.available == 0,
}


def stock_link(one: SkuStock) -> SafeString:
    """The SKU's name, leading to its batches."""
    return format_html('<a href="{}?sku={}">{}</a>', reverse("desk:code-batches"), one.row.sku_id, one.sku)


CODE_STOCK: Final = Listing(
    key="code-stock",
    page="desk:code-stock",
    title=_("库存"),
    permission=Permission.STOCK_VIEW,
    source=_Stock(),
    row_id=lambda one: one.row.sku_id,
    row_name=lambda one: one.sku,
    tabs=(
        Tab(ALL_TAB, _("全部"), (ALL_TAB,)),
        Tab("soon", _("30 天内到期"), ("soon",)),
        Tab("empty", _("没有可售"), ("empty",)),
    ),
    columns=(
        Column("sku", _("商品"), lambda one: one.sku, show=stock_link, first=True),
        Column("available", _("可售"), lambda one: one.row.available, "number"),
        Column("reserved", _("已预留"), lambda one: one.row.reserved, "number"),
        Column("sold", _("已售"), lambda one: one.row.sold, "number"),
        Column("quarantined", _("隔离"), lambda one: one.row.quarantined, "number"),
        Column("soon7", _("7 天内到期"), lambda one: one.row.soon7, "number"),
        Column("soon30", _("30 天内到期"), lambda one: one.row.soon30, "number"),
        Column("expired", _("已过期"), lambda one: one.row.expired, "number"),
        Column("void", _("已作废"), lambda one: one.row.void, "number", default=False),
        Column("cost", _("在库成本"), lambda one: Money(one.row.cost_minor, one.row.currency), "money",
               permission=Permission.CODES_IMPORT),
    ),
    filters=(Filter("sku", _("商品"), "choice", _sku_choices),),
    export_permission=Permission.CODES_IMPORT,
)  # fmt: skip
