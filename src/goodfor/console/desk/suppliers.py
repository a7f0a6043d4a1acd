"""The list of suppliers: who they are, what is left there, how they did lately."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodfor.console import supply_words as words
from goodfor.console.columns import Text
from goodfor.console.listing.spec import ALL_TAB, Act, ActContext, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kit import writing
from goodfor.supply import queries as supply
from goodfor.supply.operations.ask_sweep import ask_sweep
from goodfor.supply.operations.connect_supplier import switch_supplier

ON, OFF, BROKEN = "on", "off", "broken"
TABS: Final = (
    Tab(ALL_TAB, _("全部")),
    Tab(ON, _("启用中"), (ON,)),
    Tab(BROKEN, _("暂停采购"), (BROKEN,), "red"),
    Tab(OFF, _("未启用"), (OFF,)),
)
STATES: Final[Mapping[str, tuple[Text, str]]] = {
    ON: (_("启用中"), "green"),
    BROKEN: (_("暂停采购"), "red"),
    OFF: (_("未启用"), "plain"),
}


def state_of(row: supply.SupplierRow) -> str:
    """on, off, or broken: enabled and not bought from."""
    return OFF if not row.supplier.enabled else BROKEN if row.breaker else ON


class _Suppliers:
    """Suppliers as the kit asks for them; a shop has tens of them, so all are read."""

    def _all(self, asked: Asked) -> list[supply.SupplierRow]:
        rows = supply.supplier_rows(asked.shop_id, utc_now())
        text, protocol = asked.values.get("q", "").casefold(), asked.values.get("protocol")
        return [
            row
            for row in rows
            if (not text or text in row.supplier.name.casefold() or text in row.supplier.code.casefold())
            and (not protocol or row.supplier.protocol == protocol)
        ]

    def _found(self, asked: Asked) -> list[supply.SupplierRow]:
        return [row for row in self._all(asked) if asked.tab in (ALL_TAB, state_of(row))]

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[supply.SupplierRow]:
        return self._found(asked)[offset : offset + limit]

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        states = [state_of(row) for row in self._all(asked)]
        return {state: states.count(state) for state in STATES}

    def walk(self, asked: Asked) -> Iterator[Sequence[supply.SupplierRow]]:
        yield self._found(asked)

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return [row.supplier.id for row in self._found(asked)][:limit]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[supply.SupplierRow]:
        return supply.supplier_rows(shop_id, utc_now(), ids)


def protocol_label(key: str) -> str:
    """What the protocol is called; the key of one that is gone."""
    found = supply.protocol(key)
    return str(found.label) if found else key


def protocol_choices(_visitor: Visitor) -> list[tuple[str, Text]]:
    """Every protocol."""
    return [(one.key, one.label) for one in supply.protocols()]


def name_link(row: supply.SupplierRow) -> SafeString:
    """The name, leading to the supplier."""
    return format_html('<a href="{}">{}</a>', reverse("desk:supplier", args=[row.supplier.id]), row.supplier.name)


def balance_html(row: supply.SupplierRow) -> SafeString:
    """What is left there and how old that is; below the mark in red."""
    one = row.supplier
    if one.balance is None:
        return format_html('<span class="quiet">{}</span>', _now("还没有读到"))
    amount = words.cost(one.balance, one.currency)
    shown = format_html('<span class="badge badge-red">{}</span>', amount) if is_low(row) else amount
    age = writing.ago(one.balance_at) if one.balance_at else ""
    return format_html('<span class="two"><span>{}</span><span class="quiet">{}</span></span>', shown, age)


def is_low(row: supply.SupplierRow) -> bool:
    """What they said last is below the mark."""
    one = row.supplier
    return one.balance is not None and one.low_balance is not None and one.balance < one.low_balance


def breaker_html(row: supply.SupplierRow) -> SafeString:
    """Whether it is bought from, and why not."""
    label, tone = words.BREAKERS[row.breaker]
    told = words.reason(row.breaker_reason) if row.breaker else ""
    if not told and row.items_out:
        told = _now("%(n)s 个商品暂停") % {"n": row.items_out}
    drawn = format_html('<span class="badge badge-{} badge-dot">{}</span>', tone, label)
    return format_html('<span class="two"><span>{}</span><span class="quiet">{}</span></span>', drawn, told or "–")


def _success(row: supply.SupplierRow) -> str | None:
    return None if row.success is None else writing.percent(row.success)


def _p95(row: supply.SupplierRow) -> str | None:
    return None if row.p95_seconds is None else writing.seconds(row.p95_seconds)


def _switch(enabled: bool) -> Any:
    def act(context: ActContext, supplier_id: UUID) -> None:
        switch_supplier(
            shop_id=context.shop_id, supplier_id=supplier_id, enabled=enabled, actor=context.actor, now=context.now
        )

    return act


def _sweep(context: ActContext, supplier_id: UUID) -> None:
    ask_sweep(shop_id=context.shop_id, supplier_id=supplier_id, actor=context.actor, now=context.now)


def _at(row: supply.SupplierRow) -> datetime | None:
    return row.swept_at


SUPPLIERS: Final = Listing(
    key="suppliers",
    page="desk:suppliers",
    title=_("全部供应商"),
    permission=Permission.SUPPLY_VIEW,
    source=_Suppliers(),
    row_id=lambda row: row.supplier.id,
    row_name=lambda row: row.supplier.name,
    tabs=TABS,
    columns=(
        Column("name", _("名称"), lambda row: row.supplier.name, show=name_link, first=True),
        Column("protocol", _("协议"), lambda row: protocol_label(row.supplier.protocol)),
        Column("state", _("状态"), lambda row: STATES[state_of(row)], "badge"),
        Column("balance", _("余额"), lambda row: row.supplier.balance, show=balance_html),
        Column("low", _("余额预警"), lambda row: words.cost(row.supplier.low_balance, row.supplier.currency)
               if row.supplier.low_balance is not None else None),
        Column("success", _("成功率"), _success),
        Column("p95", _("到货用时 p95"), _p95),
        Column(
            "breaker", pgettext_lazy("supplier", "采购"), lambda row: words.BREAKERS[row.breaker][0], show=breaker_html
        ),
        Column("priority", _("优先级"), lambda row: row.supplier.priority, "number"),
        Column("cycle", _("结算"), lambda row: words.CYCLES.get(row.supplier.cycle, row.supplier.cycle)),
        Column("swept", _("目录同步"), _at, "time"),
        Column("tries", _("近期采购"), lambda row: row.tries, "number", default=False),
        Column("code", _("编码"), lambda row: row.supplier.code, "code", default=False),
        Column("currency", _("币种"), lambda row: row.supplier.currency, default=False),
    ),
    filters=(
        Filter("q", _("名称或编码")),
        Filter("protocol", _("协议"), "choice", protocol_choices),
    ),
    acts=(
        Act("on", _("启用"), _("启用 {n} 个供应商？会开始向它们采购。"), Permission.SUPPLY_MANAGE, _switch(True),
            dangerous=True),
        Act("off", _("停用"), _("停用 {n} 个供应商？不再向它们采购，已发出的采购照常查询。"), Permission.SUPPLY_MANAGE,
            _switch(False), dangerous=True),
        Act("sweep", _("同步目录"), _("现在同步 {n} 个供应商的目录和余额？"), Permission.SUPPLY_MANAGE, _sweep),
    ),
    export_permission=Permission.SUPPLY_VIEW,
    create=("desk:supplier-new", _("接入供应商"), Permission.SUPPLY_CONFIGURE),
)  # fmt: skip
