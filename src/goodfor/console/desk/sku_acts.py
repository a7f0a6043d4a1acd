"""What the acts of the list of SKUs ask for, and what they would do to a row."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from goodfor.catalog.types import PriceChange
from goodfor.console.columns import Text
from goodfor.console.listing.spec import ActField, ActForm
from goodfor.console.types import Visitor
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import MAX_MINOR, Money
from goodfor.kit import writing
from goodfor.vault.types import MAX_THRESHOLD

#: (kind, sign) by the choice's name.
_KINDS: Final = {
    "set": ("set", 1),
    "up": ("by", 1),
    "down": ("by", -1),
    "up_percent": ("percent", 1),
    "down_percent": ("percent", -1),
}
_HOW: Final[tuple[tuple[str, Text], ...]] = (
    ("set", _("改为（元）")),
    ("up", _("加价（元）")),
    ("down", _("降价（元）")),
    ("up_percent", _("上调（%）")),
    ("down_percent", _("下调（%）")),
)
#: A raise beyond this is a slip of the finger.
MOST_PERCENT: Final = 100_000


def read_price(typed: Mapping[str, str], visitor: Visitor) -> dict[str, Any]:
    """The change as plain values. Raises InvalidInput, in words."""
    kind, sign = _KINDS.get(typed.get("how", ""), ("", 0))
    if not kind:
        raise InvalidInput(now_in_words("请选择怎么改价"))
    percent = kind == "percent"
    try:
        # Two decimals either way: fen of a yuan, hundredths of a percent.
        amount = Money.parse(typed.get("amount", "").strip(), "CNY" if percent else visitor.shop.currency).amount_minor
    except ValueError:
        raise InvalidInput(
            now_in_words("百分比请写成 5 或 5.5") if percent else now_in_words("金额请写成 9.90 这样")
        ) from None
    if amount <= 0 or (percent and amount > MOST_PERCENT):
        raise InvalidInput(now_in_words("百分比请在 0.01 到 1000 之间") if percent else now_in_words("金额必须大于 0"))
    return {"kind": kind, "value": sign * amount, "currency": "" if percent else visitor.shop.currency}


def change_of(values: Mapping[str, Any]) -> PriceChange:
    """The change that the values mean."""
    return PriceChange(values["kind"], values["value"], values["currency"])


def preview_price(row: Any, values: Mapping[str, Any]) -> tuple[Any, Any, Text]:
    """Old price, new price, and why this row would be refused."""
    change, old = change_of(values), row.desk.sku.price
    if change.currency and change.currency != old.currency:
        return writing.money(old), "–", _("币种不同，不会改")
    minor = change.applied(old.amount_minor)
    if minor <= 0:
        return writing.money(old), "–", _("改后不大于 0，不会改")
    new = Money(min(minor, MAX_MINOR), old.currency)
    listed = row.desk.sku.list_price
    gone = listed is not None and listed < new
    return writing.money(old), writing.money(new), _("高于原价，原价将去掉") if gone else ""


def read_low(typed: Mapping[str, str], _visitor: Visitor) -> dict[str, Any]:
    """The threshold as plain values. Raises InvalidInput, in words."""
    return {"threshold": threshold_typed(typed.get("threshold", ""))}


def threshold_typed(text: str) -> int | None:
    """A threshold as somebody typed it; nothing: the shop's own. Raises InvalidInput, in words."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MAX_THRESHOLD):
        raise InvalidInput(now_in_words("预警线必须是 0 或更大的整数"))
    return int(text)


def threshold_of(values: Mapping[str, Any]) -> int | None:
    """The threshold that the values mean."""
    threshold = values["threshold"]
    return None if threshold is None else int(threshold)


def preview_low(row: Any, values: Mapping[str, Any]) -> tuple[Any, Any, Text]:
    """Old threshold, new one."""
    threshold = threshold_of(values)
    return row.line, _("店铺默认") if threshold is None else threshold, ""


PRICE_FORM: Final = ActForm(
    fields=(ActField("how", _("怎么改"), _HOW), ActField("amount", _("数值"), hint=_("如 9.90；百分比如 5"))),
    read=read_price,
    preview=preview_price,
)
LOW_FORM: Final = ActForm(
    fields=(ActField("threshold", _("预警线"), hint=_("低于这个数量时提醒一次；留空用店铺默认，0 表示不提醒")),),
    read=read_low,
    preview=preview_low,
)
