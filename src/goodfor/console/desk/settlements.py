"""The list of statements of parties."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from goodfor.console import finance_words
from goodfor.console import settlement_words as words
from goodfor.console.columns import Text
from goodfor.console.listing.spec import ALL_TAB, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.finance import queries as finance
from goodfor.identity.types import Permission
from goodfor.kernel.money import Money
from goodfor.settlement import queries as settlement
from goodfor.settlement.types import StatementSearch, StatementView


def search_of(asked: Asked) -> StatementSearch:
    """What the address asks of settlement."""
    given = asked.values
    return StatementSearch(
        states=() if asked.tab == ALL_TAB else (asked.tab,),
        party_id=UUID(given["party"]) if "party" in given else None,
        number=given.get("number"),
        since=given.get("cutoff_from"),
        until=given.get("cutoff_until"),
    )


class _Statements:
    """Statements as the kit asks for them."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[StatementView]:
        return settlement.search_statements(asked.shop_id, search_of(asked), offset=offset, limit=limit)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        return settlement.count_statements(asked.shop_id, replace(search_of(asked), states=()))

    def walk(self, asked: Asked) -> Iterator[Sequence[StatementView]]:
        return settlement.walk_statements(asked.shop_id, search_of(asked))

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return [one.id for one in settlement.search_statements(asked.shop_id, search_of(asked), limit=limit)]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[StatementView]:
        return settlement.statements_by_ids(shop_id, ids)


def _parties(visitor: Visitor) -> list[tuple[str, Text]]:
    return [(str(one.id), one.name) for one in finance.parties(visitor.shop.id)]


def _number(row: StatementView) -> SafeString:
    href = reverse("desk:settlement-statement", args=[row.id])
    return format_html('<a class="mono" href="{}">{}</a>', href, row.number)


def _party(row: StatementView) -> SafeString:
    href = reverse("desk:finance-party", args=[row.party_id])
    return format_html('<a href="{}">{}</a>', href, row.party_name)


def _money(name: str, title: Text, *, default: bool = True) -> Column:
    return Column(
        name, title, lambda row: Money(getattr(row, f"{name}_minor"), row.currency), "money", default=default
    )  # fmt: skip


STATEMENTS: Final = Listing(
    key="settlement-statements",
    page="desk:settlement-statements",
    title=_("结算单"),
    permission=Permission.LEDGER_VIEW,
    source=_Statements(),
    row_id=lambda row: row.id,
    row_name=lambda row: row.number,
    note=_("一张单就是一份不再变的分录清单。对方确认、同事批准后才打款；作废后明细回到下一张。"),
    tabs=(
        Tab(ALL_TAB, _("全部")),
        *(Tab(state, label, (state,), "amber" if tone == "amber" else "")
          for state, (label, tone) in words.STATES.items()),
    ),
    columns=(
        Column("number", _("结算单号"), lambda row: row.number, "code", _number, first=True),
        Column("party", _("结算方"), lambda row: row.party_name, show=_party),
        Column("state", _("状态"), lambda row: words.STATES[row.state], "badge"),
        Column("cycle", _("结算周期"), lambda row: finance_words.CYCLES.get(row.cycle, row.cycle)),
        Column("cutoff", _("截止"), lambda row: row.cutoff, "time"),
        Column("due", _("应付日期"), lambda row: f"{row.due_on:%Y-%m-%d}"),
        Column("count", _("明细笔数"), lambda row: row.item_count, "number"),
        _money("items", _("明细合计")),
        _money("carry", _("上期结转"), default=False),
        _money("held", _("留存保证金"), default=False),
        _money("payable", _("应付金额")),
        Column("version", _("版本"), lambda row: row.version, "number", default=False),
        Column("currency", _("币种"), lambda row: row.currency, default=False),
        Column("made", _("生成时间"), lambda row: row.made_at, "time", default=False),
        Column("reason", _("作废原因"), lambda row: row.reason, default=False),
    ),
    filters=(
        Filter("number", _("结算单号")),
        Filter("party", _("结算方"), "choice", _parties),
        Filter("cutoff", _("截止时间"), "days"),
    ),
    export_permission=Permission.LEDGER_VIEW,
)  # fmt: skip
