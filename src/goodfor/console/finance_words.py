"""Words of parties, contracts, agreements and what orders earn."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from goodfor.console.columns import Text
from goodfor.console.money_fields import percent, plain
from goodfor.finance.types import Terms
from goodfor.identity import queries as identity
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.kit import writing

KINDS: Final[Mapping[str, Text]] = {
    "supplier": _("供应商"),
    "shop": _("店铺"),
    "brand": _("品牌方"),
    "distributor": _("分销商"),
    "platform": _("平台"),
}
CYCLES: Final[Mapping[str, Text]] = {
    "prepaid": _("预付"),
    "t1": _("次日结"),
    "weekly": _("周结"),
    "monthly": _("月结"),
    "manual": _("手动"),
}
COLLECTIONS: Final[Mapping[str, Text]] = {
    "self": _("平台收款后打款"),
    "shop_account": _("店铺自己的收款账户"),
    "licensed_split": _("通道分账"),
}
MODELS: Final[Mapping[str, Text]] = {"principal": _("自营（总额）"), "agent": _("代销（净额）")}
FEE_BEARERS: Final[Mapping[str, Text]] = {"platform": _("平台承担"), "supplier": _("供应商承担")}
SCOPES: Final[Mapping[str, Text]] = {
    "all": _("全部商品"),
    "sku": _("一个规格"),
    "category": _("一个分类"),
    "supplier": _("一个供应商的货"),
}
BASES: Final[Mapping[str, Text]] = {
    "gross": _("成交额"),
    "net_of_discount": _("优惠后的成交额"),
    "margin": _("毛利"),
}
TERMS: Final[Mapping[str, Text]] = {
    "percent": _("按比例"),
    "fixed": _("每件固定金额"),
    "tiers": _("阶梯比例"),
    "none": _("终止协议"),
}
MEASURES: Final[Mapping[str, Text]] = {"units": _("当月件数"), "base": _("当月分账基数")}
#: How far what an order earned is known -> words and tone.
STAGES: Final[Mapping[str, tuple[Text, str]]] = {
    "estimated": (_("预估"), "plain"),
    "delivered": (_("已发货，等通道账单"), "amber"),
    "billed": (_("通道已出账"), "green"),
    "final": (pgettext_lazy("profit", "最终"), "green"),
}
#: Figures of what an order earned, in the order in which they are told; and whether it lessens the profit.
FIGURES: Final[Mapping[str, tuple[Text, bool]]] = {
    "revenue": (pgettext_lazy("profit", "收入"), False),
    "discount": (pgettext_lazy("profit", "优惠"), True),
    "cost": (pgettext_lazy("profit", "成本"), True),
    "fee": (_("通道手续费"), True),
    "share": (pgettext_lazy("profit", "分账"), True),
    "marketing": (_("营销与积分"), True),
    "compensation": (pgettext_lazy("profit", "赔付"), True),
    "recovery": (_("向供应商追回"), False),
    "other": (pgettext_lazy("profit", "其他"), False),
}
#: What is wrong with a field that was refused.
FIELDS: Final[Mapping[str, Text]] = {
    "code": _("只能用字母、数字、_ . -，最多 32 位"),
    "name": _("请填写，最多 100 个字"),
    "bank": _("请填写，最多 100 个字"),
    "account": _("请填写，最多 100 个字"),
    "email": _("邮箱的写法不对"),
    "currency": _("没有这种货币"),
    "cycle_day": _("周结填 1 到 7，其他填 1 到 31"),
    "supplier_code": _("供应商类型的结算方要选供应商，编号与供应商相同"),
    "receiver_id": _("没有这个分账接收方"),
    "tax_class": _("请先设这个税目，写法为字母、数字、_ . -"),
    "valid_to": _("结束要晚于开始"),
    "scope_ref": _("请选择商品范围"),
    "terms": _("条款不完整，请检查比例、金额或阶梯"),
    "party_id": _("一份协议始终属于同一个结算方；平台自己不参与分账"),
    "priority": _("填 0 到 30000"),
}


class People:
    """Names of those who did something, looked up once."""

    def __init__(self, shop_id: object) -> None:
        self._names = {one.actor: one.username for one in identity.staff_of_shop(shop_id)}  # type: ignore[arg-type]

    def name(self, actor: str) -> str:
        """Who it was; the room's own names where it was nobody of the staff."""
        kinds = {
            "system": _now("系统"), "staff": _now("员工"), "party": _now("结算方"), "provider": _now("打款服务商"),
        }  # fmt: skip
        return self._names.get(actor) or str(kinds.get(actor.partition(":")[0], actor))


def errors_of(error: DomainError | None) -> dict[str, Text]:
    """The refusal at its field."""
    field = str(error.data.get("field", "")) if error else ""
    if error is None or not field:
        return {}
    return {field: str(error.message) or FIELDS.get(field, error.detail)}


def terms_text(terms: Terms, currency: str) -> str:
    """Terms in words."""
    if terms.kind == "percent":
        return f"{percent(terms.bp)}%"
    if terms.kind == "fixed":
        return _now("每件 %(amount)s") % {"amount": writing.plain_money(Money(terms.minor, currency))}
    if terms.kind == "tiers":
        return " · ".join(
            _now("满 %(from)s：%(percent)s%%") % {"from": volume_text(terms, one.from_volume, currency),
                                                  "percent": percent(one.bp)}
            for one in terms.tiers
        )  # fmt: skip
    return str(TERMS["none"])


def volume_text(terms: Terms, volume: int, currency: str) -> str:
    """Where a tier begins, in the measure of the terms."""
    if terms.measure == "base":
        return writing.plain_money(Money(volume, currency))
    return ngettext("%(n)s 件", "%(n)s 件", volume) % {"n": f"{volume:,}"}


def tiers_typed(terms: Terms, currency: str) -> str:
    """Tiers as they are typed: a line each."""
    return "\n".join(
        f"{plain(one.from_volume, currency) if terms.measure == 'base' else one.from_volume} {percent(one.bp)}"
        for one in terms.tiers
    )


def share(part: int, whole: int) -> str:
    """A part of a whole in percent with one decimal, rounded half away from zero; a dash where there is no whole."""
    if whole <= 0:
        return "–"
    tenths = (abs(part) * 2000 + whole) // (2 * whole)
    return f"{'−' if part < 0 and tenths else ''}{tenths // 10}.{tenths % 10}%"
