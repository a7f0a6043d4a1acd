"""Transactions with their postings, and accounts with their balances."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text, amount, badge, computed, flag, table, text, time
from goodfor.console.filters import recent, states
from goodfor.console.readonly import ReadOnlyAdmin
from goodfor.identity.types import Permission
from goodfor.ledger import queries
from goodfor.ledger.models import Account, Posting, Tx

TYPES: dict[str, Text] = {
    "asset": _("资产"),
    "liability": _("负债"),
    "equity": _("权益"),
    "income": _("收入"),
    "expense": _("费用"),
}


def _postings(tx: Model) -> list[tuple[Any, ...]]:
    if not isinstance(tx, Tx):
        return []
    rows = list(Posting.objects.filter(shop_id=tx.shop_id, tx_id=tx.id).order_by("seq"))
    accounts = Account.objects.filter(shop_id=tx.shop_id, id__in={row.account_id for row in rows})
    codes = dict(accounts.values_list("id", "code"))
    return [
        (
            codes.get(row.account_id, row.account_id),
            amount(row.amount_minor, tx.currency) if row.amount_minor > 0 else "",
            amount(-row.amount_minor, tx.currency) if row.amount_minor < 0 else "",
        )
        for row in rows
    ]


def _balance(account: Account) -> str:
    return amount(queries.balance(account.shop_id, account.code, account.currency), account.currency)


class TxAdmin(ReadOnlyAdmin):
    """Transactions, newest first."""

    name = _("分录")
    permission = Permission.LEDGER_VIEW
    icon = "menu_book"
    columns = (
        text("id", _("编号")),
        text("kind", _("类型")),
        text("reference", _("凭证号")),
        text("actor", _("操作者")),
        time("effective_at", _("发生时间")),
    )
    detail = (
        *columns,
        table("postings", _("借贷"), (_("科目"), _("借方（元）"), _("贷方（元）")), _postings),
        time("recorded_at", _("记账时间")),
        text("reverses_tx", _("冲销的分录")),
        text("settles_tx", _("结算的分录")),
    )
    search_fields = ("reference__exact",)
    search_help_text = _("完整凭证号")
    list_filter = (recent("effective_at", _("发生时间")),)


class AccountAdmin(ReadOnlyAdmin):
    """Accounts by code."""

    name = _("科目余额")
    permission = Permission.LEDGER_VIEW
    icon = "account_balance"
    ordering = ("code", "id")
    columns = (
        text("code", _("科目")),
        badge("type", _("类别"), TYPES, {}),
        computed("balance", _("余额（元）"), _balance),
        flag("guarded", _("不可透支")),
        time("opened_at", _("开立时间")),
        time("closed_at", _("关闭时间")),
    )
    search_fields = ("code",)
    list_filter = (states("type", TYPES, _("类别")),)


ADMINS = ((Tx, TxAdmin), (Account, AccountAdmin))
