"""The register of invoices and red letters."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from goodfor.console import invoice_words as words
from goodfor.console.columns import Text
from goodfor.console.listing.spec import ALL_TAB, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.invoices import queries as invoices
from goodfor.invoices.types import InvoiceView, RegisterFilter
from goodfor.kernel.money import Money

TABS: Final = (
    Tab(ALL_TAB, _("全部")),
    Tab("open", _("在开"), ("requested", "issuing"), "amber"),
    Tab("unknown", _("结果未知"), ("unknown",), "red"),
    Tab("failed", _("被拒绝"), ("failed",), "red"),
    Tab("issued", _("已开具"), ("issued",)),
    Tab("over", _("已红冲或撤回"), ("red_lettered", "withdrawn")),
)
_STATES: Final = {tab.key: tab.parts for tab in TABS}
COUNT_LIMIT: Final = 1000


def wanted(asked: Asked) -> RegisterFilter:
    """What the address asks of the invoices room."""
    given = asked.values
    return RegisterFilter(
        states=_STATES[asked.tab],
        kind=given.get("kind") or "",
        paper=given.get("paper") or "",
        since=given.get("asked_from"),
        until=given.get("asked_until"),
        text=given.get("number") or "",
    )


class _Invoices:
    """Invoices as the kit asks for them."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[InvoiceView]:
        return invoices.register(asked.shop_id, wanted(asked), offset=offset, limit=limit)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        return invoices.count_by_state(asked.shop_id, wanted(asked), most=COUNT_LIMIT)

    def walk(self, asked: Asked) -> Iterator[Sequence[InvoiceView]]:
        return invoices.walk(asked.shop_id, wanted(asked))

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return [row.id for row in self.page(asked, offset=0, limit=min(limit, invoices.PAGE))]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[InvoiceView]:
        return invoices.by_ids(shop_id, ids)


def _choices(table: Mapping[str, Text]) -> Any:
    def offered(_visitor: Visitor) -> list[tuple[str, Text]]:
        return list(table.items())

    return offered


def signed(row: InvoiceView, minor: int) -> Money:
    """Negative on a red letter."""
    return Money(-minor if row.kind == "red" else minor, row.currency)


def number_link(row: InvoiceView) -> SafeString:
    """Our number, leading to the invoice."""
    return format_html('<a class="mono" href="{}">{}</a>', reverse("desk:invoice", args=[row.id]), row.number)


def order_link(row: InvoiceView) -> SafeString:
    """The order's number, leading there."""
    where = reverse("desk:order", args=[row.order_number])
    return format_html('<a class="mono" href="{}">{}</a>', where, row.order_number)


INVOICES: Final = Listing(
    key="invoices",
    page="desk:invoices",
    title=_("发票"),
    permission=Permission.INVOICES_VIEW,
    source=_Invoices(),
    row_id=lambda row: row.id,
    row_name=lambda row: row.number,
    tabs=TABS,
    count_limit=COUNT_LIMIT,
    note=_("买家在订单页申请，按发货后扣除退款的金额开具；退款后自动红冲。"),
    columns=(
        Column("number", _("申请编号"), lambda row: row.number, "code", show=number_link, first=True),
        Column("kind", _("类型"), lambda row: words.KINDS.get(row.kind, row.kind)),
        Column("state", _("状态"), lambda row: words.state(row.state), "badge"),
        Column("total", _("价税合计"), lambda row: signed(row, row.total_minor), "money"),
        Column("tax", _("税额"), lambda row: signed(row, row.tax_minor), "money"),
        Column("back", _("已红冲"), lambda row: Money(row.reversed_minor, row.currency), "money", default=False),
        Column("paper", _("类别"), lambda row: words.PAPERS.get(row.paper, row.paper)),
        Column("official", _("发票号码"), lambda row: row.official, "code"),
        Column("order", _("订单号"), lambda row: row.order_number, "code", show=order_link),
        Column("asked", _("申请开票时间"), lambda row: row.asked_at, "time"),
        Column("issued", _("开具时间"), lambda row: row.issued_at, "time"),
        Column("failure", _("原因"), lambda row: words.failure(row.failure), default=False),
    ),
    filters=(
        Filter("number", _("编号、发票号码或订单号")),
        Filter("kind", _("类型"), "choice", _choices(words.KINDS)),
        Filter("paper", _("类别"), "choice", _choices(words.PAPERS)),
        Filter("asked", _("申请开票时间"), "days"),
    ),
    export_permission=Permission.INVOICES_VIEW,
)
