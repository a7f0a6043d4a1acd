"""The list of what orders earned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from goodfor.console import finance_words as words
from goodfor.console.columns import Text
from goodfor.console.listing.spec import ALL_TAB, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.finance import queries as finance
from goodfor.finance.types import OrderProfitRow, ProfitSearch
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.payments import queries as payments
from goodfor.supply import queries as supply

#: Without a time asked for, what was delivered within this.
SPAN: Final = timedelta(days=31)


def search_of(asked: Asked) -> ProfitSearch:
    """What the address asks of finance."""
    given = asked.values
    since, until = given.get("delivered_from"), given.get("delivered_until")
    return ProfitSearch(
        stage="" if asked.tab == ALL_TAB else asked.tab,
        number=given.get("number"),
        since=since if since is not None else (until or utc_now()) - SPAN,
        until=until,
        supplier_code=given.get("supplier"),
        channel=given.get("channel", ""),
        losing=given.get("result") == "losing",
    )


class _Profits:
    """Profits as the kit asks for them."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[OrderProfitRow]:
        return finance.search_profits(asked.shop_id, search_of(asked), offset=offset, limit=limit)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        return finance.count_profits(asked.shop_id, replace(search_of(asked), stage=""))

    def walk(self, asked: Asked) -> Iterator[Sequence[OrderProfitRow]]:
        return finance.walk_profits(asked.shop_id, search_of(asked))

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return [row.order_id for row in finance.search_profits(asked.shop_id, search_of(asked), limit=limit)]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[OrderProfitRow]:
        return finance.profits_by_ids(shop_id, ids)


def _suppliers(visitor: Visitor) -> list[tuple[str, Text]]:
    return [(one.code, one.name) for one in supply.suppliers(visitor.shop.id)]


def _channels(visitor: Visitor) -> list[tuple[str, Text]]:
    return [
        (f"{one.provider}:{one.code}", f"{one.name} ({one.code})")
        for one in payments.accounts(visitor.shop.id, utc_now())
    ]


def _results(_visitor: Visitor) -> list[tuple[str, Text]]:
    return [("losing", _("亏本的"))]


def _number(row: OrderProfitRow) -> SafeString:
    return format_html('<a class="mono" href="{}">{}</a>', reverse("desk:order-profit", args=[row.number]), row.number)


def _money(name: str, title: Text, *, default: bool = True) -> Column:
    return Column(
        name, title, lambda row: Money(getattr(row, f"{name}_minor"), row.currency), "money", default=default
    )  # fmt: skip


def _rest(row: OrderProfitRow) -> Money:
    """All figures that have no column of their own."""
    minor = row.recovery_minor + row.other_minor - row.discount_minor - row.marketing_minor - row.compensation_minor
    return Money(minor, row.currency)


def _above(visitor: Visitor) -> SafeString:
    """What the last month adds up to, and the way to the same by supplier, channel and campaign."""
    sums = finance.sum_profits(visitor.shop.id, ProfitSearch(since=utc_now() - SPAN))
    rows = [
        {
            "sums": one, "profit": Money(one.amounts["profit"], one.currency),
            "revenue": Money(one.amounts["revenue"], one.currency),
            "estimate": Money(one.amounts["estimate"], one.currency),
            "margin": words.share(one.amounts["profit"], one.amounts["revenue"]),
        }
        for one in sums
    ]  # fmt: skip
    return SafeString(render_to_string("console/finance/profit_sums.html", {"rows": rows}))


PROFITS: Final = Listing(
    key="profits",
    page="desk:profits",
    title=_("订单利润"),
    permission=Permission.LEDGER_VIEW,
    source=_Profits(),
    row_id=lambda row: row.order_id,
    row_name=lambda row: row.number,
    note=_("每个数都是分录之和，点订单号看是哪些分录。不选时间时看最近 31 天发货的。"),
    above=_above,
    tabs=(
        Tab(ALL_TAB, _("全部")),
        *(Tab(stage, label, (stage,), "amber" if tone == "amber" else "")
          for stage, (label, tone) in words.STAGES.items()),
    ),
    columns=(
        Column("number", _("订单号"), lambda row: row.number, "code", _number, first=True),
        Column("stage", _("到哪一步"), lambda row: words.STAGES[row.stage], "badge"),
        _money("revenue", words.FIGURES["revenue"][0]),
        _money("cost", words.FIGURES["cost"][0]),
        _money("fee", words.FIGURES["fee"][0]),
        _money("share", words.FIGURES["share"][0]),
        Column("rest", _("其余"), _rest, "money"),
        _money("profit", _("利润")),
        _money("estimate", _("付款时预估")),
        Column("margin", _("利润率"), lambda row: words.share(row.profit_minor, row.revenue_minor)),
        Column("delivered", _("发货时间"), lambda row: row.delivered_at, "time"),
        _money("discount", words.FIGURES["discount"][0], default=False),
        _money("marketing", words.FIGURES["marketing"][0], default=False),
        _money("compensation", words.FIGURES["compensation"][0], default=False),
        _money("recovery", words.FIGURES["recovery"][0], default=False),
        _money("other", words.FIGURES["other"][0], default=False),
        _money("tax", _("应交税金"), default=False),
        Column("currency", _("币种"), lambda row: row.currency, default=False),
    ),
    filters=(
        Filter("number", _("订单号")),
        Filter("delivered", _("发货时间"), "days"),
        Filter("supplier", _("供应商"), "choice", _suppliers),
        Filter("channel", _("收款账户"), "choice", _channels),
        Filter("result", _("结果"), "choice", _results, folded=True),
    ),
    export_permission=Permission.LEDGER_VIEW,
)  # fmt: skip
