"""Words of points and tiers, as the console's pages say them."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money
from goodfor.loyalty.types import (
    CASHBACK,
    EARNED,
    GIFT,
    GRANTED,
    GROWN,
    GROWTH,
    ORDERED,
    PAID,
    POINTS,
    SPENT,
    WELFARE,
    StepView,
    TierSet,
)

KINDS: Final[Mapping[str, Text]] = {
    POINTS: _("积分"), GROWTH: _("成长值"), CASHBACK: _("返现"), GIFT: _("礼品额度"), WELFARE: _("福利额度"),
}  # fmt: skip
#: Movements of the liability report, in its order.
MOVES: Final[Mapping[str, Text]] = {
    "earn": _("得到"), "restore": _("退款退回"), "received": _("收到转赠"), "spend": _("付款用掉"),
    "clawback": _("退款扣回"), "given": _("转赠出去"), "expire": _("积分到期"), "adjust": _("人工调整"),
    "revalue": _("重新核算"),
}  # fmt: skip
METRICS: Final[Mapping[str, Text]] = {GROWN: _("成长值"), SPENT: _("实付金额"), ORDERED: _("订单数")}
WINDOWS: Final[Mapping[str, Text]] = {"rolling": _("最近 365 天"), "calendar": _("当年 1 月 1 日起")}
SOURCES: Final[Mapping[str, Text]] = {EARNED: _("自己达到"), GRANTED: _("店铺给的"), PAID: _("付费会员")}
STEPS: Final[Mapping[str, tuple[Text, str]]] = {
    "up": (_("升级"), "green"), "down": (_("降级"), "amber"), "kept": (_("保级"), "plain"),
    "given": (_("店铺给"), "green"), "ended": (_("结束"), "amber"),
}  # fmt: skip


def errors_of(error: DomainError | None) -> dict[str, str]:
    """The refusal at its field."""
    field = str(error.data.get("field", "")) if error else ""
    return {field: error.detail} if error and field else {}


def counted(tiers: TierSet, amount: int, currency: str) -> str:
    """So much of what leads to tiers, with its unit where it has one."""
    if tiers.metric == SPENT:
        return plain_money(Money(amount, currency))
    if tiers.metric == ORDERED:
        return f"{amount:,}"
    return _now("%(n)s 成长值") % {"n": f"{amount:,}"}


def tier_name(tiers: TierSet, rank: int) -> str:
    """What a rank is called now; tiers may have become fewer since."""
    return tiers.tiers[rank].name if rank < len(tiers.tiers) else _now("第 %(n)s 级") % {"n": rank + 1}


def step_row(tiers: TierSet, step: StepView, currency: str) -> tuple[StepView, Text, str, str, str]:
    """A line of a member's history: it, what happened in words, its tone, from and to which tier, by how much."""
    word, tone = STEPS.get(step.what, (step.what, "plain"))
    if step.from_rank == step.to_rank:
        where = tier_name(tiers, step.to_rank)
    else:
        where = f"{tier_name(tiers, step.from_rank)} → {tier_name(tiers, step.to_rank)}"
    return step, word, tone, where, counted(tiers, step.figures.get("amount", 0), currency)
