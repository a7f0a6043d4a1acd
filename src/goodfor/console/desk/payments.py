"""The list of payments."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from goodfor.console import words
from goodfor.console.columns import Text
from goodfor.console.listing.spec import ALL_TAB, Asked, Column, Filter, Listing, Tab
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound
from goodfor.payments import queries as payments
from goodfor.payments.types import PaymentSearch, PaymentView

TABS: Final = (
    Tab(ALL_TAB, _("全部")),
    Tab("pending", _("待支付"), ("pending",), "amber"),
    Tab("succeeded", _("支付成功"), ("succeeded",)),
    Tab("closed", _("已关闭"), ("closed",)),
    Tab("failed", _("支付失败"), ("failed",), "red"),
)
NOBODY: Final = UUID(int=0)
#: Accounts and methods have no index: they are looked for within this time unless another range is given.
SPAN: Final = timedelta(days=31)


def search_of(asked: Asked) -> PaymentSearch:
    """What the address asks of the payments room."""
    given = asked.values
    since = given.get("created_from")
    if since is None and {"account", "method"} & given.keys():
        since = (given.get("created_until") or utc_now()) - SPAN
    return PaymentSearch(
        state=None if asked.tab == ALL_TAB else asked.tab,
        since=since,
        until=given.get("created_until"),
        account_code=given.get("account"),
        method=given.get("method"),
        number=given.get("number"),
        channel_ref=given.get("channel_ref"),
        source_id=_order_id(asked.shop_id, given["order"]) if "order" in given else None,
    )


def _order_id(shop_id: UUID, number: str) -> UUID:
    try:
        return orders.order_by_number(shop_id, number).id
    except OrderNotFound:
        return NOBODY


class _Payments:
    """Payments as the kit asks for them."""

    def page(self, asked: Asked, *, offset: int, limit: int) -> Sequence[PaymentView]:
        return payments.search_payments(asked.shop_id, search_of(asked), offset=offset, limit=limit)

    def counts(self, asked: Asked) -> Mapping[str, int] | None:
        return payments.count_payments(asked.shop_id, replace(search_of(asked), state=None))

    def walk(self, asked: Asked) -> Iterator[Sequence[PaymentView]]:
        return payments.walk_payments(asked.shop_id, search_of(asked))

    def ids(self, asked: Asked, *, limit: int) -> Sequence[UUID]:
        return [row.id for row in payments.search_payments(asked.shop_id, search_of(asked), limit=limit)]

    def by_ids(self, shop_id: UUID, ids: Sequence[UUID]) -> Sequence[PaymentView]:
        return payments.payments_by_ids(shop_id, ids)


def account_choices(visitor: Visitor) -> list[tuple[str, Text]]:
    """The shop's channel accounts."""
    return [(account.code, account.name) for account in payments.accounts(visitor.shop.id, utc_now())]


def method_choices(_visitor: Visitor) -> list[tuple[str, Text]]:
    """Ways to pay."""
    return list(words.METHODS.items())


def number_link(row: PaymentView) -> SafeString:
    """The number, leading to the payment."""
    return format_html('<a class="mono" href="{}">{}</a>', reverse("desk:payment", args=[row.number]), row.number)


def state_of(row: PaymentView) -> tuple[str, str]:
    """The state in words, and its tone."""
    return words.word(words.PAYMENT_STATES, row.state), words.PAYMENT_TONES.get(row.state, "plain")


PAYMENTS: Final = Listing(
    key="payments",
    page="desk:payments",
    title=_("支付流水"),
    permission=Permission.PAYMENTS_VIEW,
    source=_Payments(),
    row_id=lambda row: row.id,
    row_name=lambda row: row.number,
    tabs=TABS,
    columns=(
        Column("number", _("支付单号"), lambda row: row.number, "code", number_link, first=True),
        Column("amount", _("金额"), lambda row: row.amount, "money"),
        Column("state", _("状态"), state_of, "badge"),
        Column("account", _("通道账户"), lambda row: row.account_code),
        Column("method", _("支付方式"), lambda row: words.word(words.METHODS, row.method)),
        Column("captured", _("实收"), lambda row: Money(row.captured_minor, row.amount.currency), "money",
               default=False),
        Column("refunded", _("已退"), lambda row: Money(row.refunded_minor, row.amount.currency), "money"),
        Column("channel_ref", _("通道单号"), lambda row: row.channel_ref, "code"),
        Column("created", _("发起时间"), lambda row: row.created_at, "time"),
        Column("succeeded", _("成功时间"), lambda row: row.succeeded_at, "time", default=False),
    ),
    filters=(
        Filter("number", _("支付单号")),
        Filter("order", _("订单号")),
        Filter("channel_ref", _("通道单号")),
        Filter("created", _("发起时间"), "days"),
        Filter("account", _("通道账户"), "choice", account_choices, folded=True, hint=_("不选时间时查最近 31 天")),
        Filter("method", _("支付方式"), "choice", method_choices, folded=True, hint=_("不选时间时查最近 31 天")),
    ),
    export_permission=Permission.ORDERS_EXPORT,
)  # fmt: skip
