"""What a statement says, whatever it is written on: its head, its sums by kind, and its items."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.kernel.money import EXPONENTS
from goodfor.settlement import kinds, states
from goodfor.settlement.types import ItemView, StatementView

BEIJING: Final = ZoneInfo("Asia/Shanghai")
Cell = str | int | Decimal | datetime

KIND_WORDS: Final[Mapping[str, Any]] = {
    kinds.SALE: gettext_lazy("销售分成"),
    kinds.REFUND: gettext_lazy("退款冲回"),
    kinds.RECOURSE: gettext_lazy("赔付追偿"),
    kinds.FEE: gettext_lazy("手续费"),
    kinds.TAX: gettext_lazy("税费"),
    kinds.PURCHASE: gettext_lazy("采购"),
    kinds.HOLD_BACK: gettext_lazy("退还保证金"),
    kinds.RESHARED: gettext_lazy("协议变更补差"),
    kinds.BY_SPLIT: gettext_lazy("渠道分账已付"),
    kinds.ADJUSTMENT: gettext_lazy("调整"),
}
#: What each kind means, for whoever is paid.
EXPLAINED: Final[Mapping[str, Any]] = {
    kinds.SALE: gettext_lazy("订单交付后，按协议应得的份额。"),
    kinds.REFUND: gettext_lazy("订单退款时，按退款比例冲回已计的份额，精确到分。"),
    kinds.RECOURSE: gettext_lazy("码无效等售后已由平台赔付，按约定向结算方追偿。"),
    kinds.FEE: gettext_lazy("按协议由结算方承担的支付渠道手续费。"),
    kinds.TAX: gettext_lazy("按合同与税率计的税额。"),
    kinds.PURCHASE: gettext_lazy("采购入库、冲减与预付款变动。"),
    kinds.HOLD_BACK: gettext_lazy("以前留存、现在退还的保证金。"),
    kinds.RESHARED: gettext_lazy("协议出了新版本并从更早的日期起算，与已计份额的差额。"),
    kinds.BY_SPLIT: gettext_lazy("渠道已直接分给结算方的部分，不再另付。"),
    kinds.ADJUSTMENT: gettext_lazy("协议变更等产生的差额，逐笔注明账务编号。"),
}
STATE_WORDS: Final[Mapping[str, Any]] = {
    states.DRAFT: gettext_lazy("待确认"),
    states.CONFIRMED: gettext_lazy("已确认"),
    states.APPROVED: gettext_lazy("已批准"),
    states.PAYING: gettext_lazy("打款中"),
    states.PAID: gettext_lazy("已打款"),
    states.CLOSED: gettext_lazy("已结转"),
    states.REJECTED: gettext_lazy("已作废"),
}


def amount(minor: int, currency: str) -> Decimal:
    """Minor units as a number with the currency's decimals, exact."""
    return Decimal(minor).scaleb(-EXPONENTS[currency])


def moment(at: datetime) -> datetime:
    """A moment on the clocks of Beijing, without a zone: spreadsheets know none."""
    return at.astimezone(BEIJING).replace(tzinfo=None, microsecond=0)


def head(view: StatementView) -> list[tuple[str, Cell]]:
    """The lines above, label and value."""
    lines: list[tuple[str, Cell]] = [
        (_("结算单号"), view.number),
        (_("结算方"), view.party_name),
        (_("状态"), str(STATE_WORDS[view.state])),
        (_("版本"), view.version),
        (_("首笔时间"), moment(view.first_at)),
        (_("截止时间（不含）"), moment(view.cutoff)),
        (_("币种"), view.currency),
        (_("明细笔数"), view.item_count),
        (_("明细合计"), amount(view.items_minor, view.currency)),
    ]
    if not view.confirmation:
        lines += [
            (_("上期结转"), amount(view.carry_minor, view.currency)),
            (_("本期留存保证金"), amount(-view.held_minor, view.currency)),
            (_("应付金额"), amount(view.payable_minor, view.currency)),
            (_("应付日期"), f"{view.due_on:%Y-%m-%d}"),
        ]
    lines.append((_("明细校验码（SHA-256）"), view.content_hash.hex()))
    return lines


def sums(view: StatementView) -> list[tuple[str, int, Decimal]]:
    """Kind, number of items, sum."""
    return [(str(KIND_WORDS[one.what]), one.count, amount(one.amount_minor, view.currency)) for one in view.kinds]


def explained(view: StatementView) -> list[tuple[str, str]]:
    """What is on this statement, in words: label and sentence."""
    lines = [(str(KIND_WORDS[one.what]), str(EXPLAINED[one.what])) for one in view.kinds]
    if view.carry_minor:
        lines.append((_("上期结转"), _("以前未到起付金额或为负的余额，并入本期。")))
    if view.held_minor:
        lines.append((_("本期留存保证金"), _("按协议比例从本期正数合计中留存，向下取整到分，退还时再列入结算单。")))
    return lines


def plain(value: Cell) -> str:
    """A cell as a text, amounts with their thousands set apart."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return f"{value:,}" if isinstance(value, Decimal) else str(value)


def sum_heads() -> tuple[str, str, str]:
    """Above the sums."""
    return _("类别"), _("笔数"), _("金额")


def item_heads() -> tuple[str, ...]:
    """Above the items."""
    return _("时间"), _("类别"), _("金额"), _("账务编号"), _("订单"), _("商品"), _("分录")


def item(one: ItemView, currency: str) -> tuple[Cell, ...]:
    """One item; its last cell names the posting in the books."""
    return (
        moment(one.effective_at),
        str(KIND_WORDS[one.what]),
        amount(one.amount_minor, currency),
        one.reference,
        str(one.order_id or ""),
        str(one.sku_id or ""),
        f"{one.tx_id}/{one.seq}",
    )
