"""The trace in words of the reader's language: for buyers what they may know and can do, for operators why exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money, to_minute
from goodfor.promotions.cart_types import APPLIED, CUT, Cart, Priced, Traced
from goodfor.promotions.evaluating.conditions import Facts, holds, least_tier
from goodfor.promotions.spec_types import Compare, Condition, FullPercent, FullReduce, Gift, Nth, Spec

_BUYERS: Final[Mapping[str, Any]] = {
    "window": _("现在不在活动时间内"),
    "channel": _("当前渠道不能使用"),
    "coupon": _("没有使用优惠券"),
    "choice": _("参加拼团或砍价后才有此价"),
    "audience": _("您暂不符合参加条件"),
    "used_up": _("名额或您的次数已用完"),
    "exclusive": _("与已享优惠不能同享"),
    "category": _("同类优惠只能用一个"),
    "threshold": _("未达到使用门槛"),
    "nothing": _("对所选商品没有优惠"),
    "better": _("已为您选用更优惠的价格"),
    "activity": _("商品已享活动价"),
    "bundle": _("组合商品已有组合价"),
    "node_first": _("同组优惠只取一个，已选用其他优惠"),
    "node_best": _("同组优惠只取一个，已选用优惠更多的"),
    "node_least": _("同组优惠只取一个，已选用其他优惠"),
    "per_order": _("本单可用张数已满"),
    "floor": _("商品已是最低价"),
    "cost_unknown": _("商品暂不参加优惠"),
    "budget": _("优惠额度已用完"),
    "gift_gone": _("赠品已送完"),
}
_OPERATORS: Final[Mapping[str, Any]] = {
    APPLIED: pgettext_lazy("coupon", "已优惠"),
    CUT: _("已优惠，但未给足"),
    "window": _("不在活动时间、星期或时段内"),
    "channel": _("不在活动渠道内"),
    "coupon": _("买家没有出示此活动的券"),
    "choice": _("不是通过拼团或砍价下单，或不是所选规格"),
    "audience": _("买家不符合适用人群"),
    "used_up": _("次数或件数已用完"),
    "exclusive": _("商品行已被独享优惠占用，或本优惠独享而商品行已有优惠"),
    "category": _("商品行已有同互斥类别的优惠"),
    "threshold": _("未达到门槛"),
    "nothing": _("算出的优惠为零"),
    "better": _("同层有更优惠的价格"),
    "activity": _("商品行已有活动价"),
    "bundle": _("组合内商品不再取单品价"),
    "node_first": _("同组先到先得，已有优惠生效"),
    "node_best": _("同组取优惠最多者，不是本优惠"),
    "node_least": _("同组取优惠最少者，不是本优惠"),
    "per_order": _("已达每单可用张数"),
    "floor": _("会低于最低毛利，已被拦下"),
    "cost_unknown": _("成本未知，无法判断毛利，已被拦下"),
    "budget": _("预算不足"),
    "gift_gone": _("赠品未上架或库存不足"),
}
_FACTS: Final[Mapping[str, Any]] = {
    "orders_paid": _("已付订单数"),
    "registered_days": _("注册天数"),
    "tier": _("会员等级"),
    "tags": _("标签"),
    "signed_in": _("已登录"),
}
_SIGNS: Final = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥", "has": "∋"}
_NEW_BUYERS: Final = (Compare("orders_paid", "eq", 0), Compare("orders_paid", "lt", 1), Compare("orders_paid", "le", 0))


def for_buyer(one: Traced, spec: Spec, *, currency: str, now: datetime) -> str:
    """What became of a coupon or campaign, and what is missing. No costs, floors or budgets are told."""
    if one.outcome in (APPLIED, CUT):
        said = _now("已优惠 %(money)s") % {"money": _money(one.given, currency)}
        return said if one.outcome == APPLIED else _now("%(said)s，已达可优惠上限") % {"said": said}
    return _told(one, spec, currency, now) or str(_BUYERS[one.outcome])


def for_operator(one: Traced, spec: Spec, *, currency: str) -> str:
    """The reason with its figures."""
    said = str(_OPERATORS[one.outcome])
    if one.outcome == "threshold" and one.missing:
        return _now("%(said)s，%(lacks)s") % {"said": said, "lacks": missing(one, spec, currency)}
    if one.wanted == 0 and one.given == 0:
        return said
    figures = _now("应优惠 %(wanted)s，实际 %(given)s") % {
        "wanted": _money(one.wanted, currency),
        "given": _money(one.given, currency),
    }
    return _now("%(said)s（%(figures)s）") % {"said": said, "figures": figures}


def outcome_text(outcome: str) -> str:
    """The reason without its figures, for operators."""
    return str(_OPERATORS[outcome])


def missing(one: Traced, spec: Spec, currency: str) -> str:
    """What is missing to the (next) threshold: 还差 ¥12.00, 还差 2 件. Empty: nothing."""
    if one.missing < 1:
        return ""
    if _by_pieces(spec):
        return ngettext("还差 %(pieces)d 件", "还差 %(pieces)d 件", one.missing) % {"pieces": one.missing}
    return _now("还差 %(money)s") % {"money": _money(one.missing, currency)}


def nudge(one: Traced, spec: Spec, *, currency: str) -> str:
    """What more would bring: 还差 ¥12.00，可减 ¥20.00. Empty where that is not known or nothing is missing."""
    effect, lacks = spec.effect, missing(one, spec, currency)
    again = isinstance(effect, FullReduce) and effect.every and one.outcome == APPLIED
    if not lacks or not (one.outcome == "threshold" or again):
        return ""
    if isinstance(effect, FullReduce):
        gain = _now("可减 %(money)s") % {"money": _money(effect.tiers[0].value, currency)}
    elif isinstance(effect, FullPercent):
        gain = _now("可减 %(percent)s%%") % {"percent": _percent(10_000 - effect.tiers[0].value)}
    elif isinstance(effect, Nth):
        gain = _now("有一件减 %(percent)s%%") % {"percent": _percent(10_000 - effect.bp)}
    else:
        gain = _now("可得赠品")
    return _now("%(lacks)s，%(gain)s") % {"lacks": lacks, "gain": gain}


def unmet(condition: Condition | None, facts: Facts) -> tuple[str, ...]:
    """The comparisons of an audience that are not true of a buyer, each with what he has. For operators."""
    if condition is None or holds(condition, facts) is True:
        return ()
    return tuple(_compared(one, facts) for one in _leaves(condition) if holds(one, facts) is not True)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a line's price: who took how much of it, and what it cost then. The first: the list amount."""

    name: str
    minor: int
    after: int
    revision_id: UUID | None = None
    coupon_id: UUID | None = None


def steps(cart: Cart, priced: Priced, names: Mapping[UUID, str]) -> tuple[tuple[Step, ...], ...]:
    """Why each line costs what it does, line by line. `names`: of campaigns, by revision."""
    found = []
    for number, line in enumerate(cart.lines):
        after = line.quantity * line.price
        made = [Step("", 0, after)]
        for share in priced.shares:
            if share.line == number:
                after -= share.minor
                name = names.get(share.revision_id, "")
                made.append(Step(name, share.minor, after, share.revision_id, share.coupon_id))
        found.append(tuple(made))
    return tuple(found)


def _money(minor: int, currency: str) -> str:
    return plain_money(Money(minor, currency))


def _percent(bp: int) -> str:
    return f"{bp / 100:g}"


def _by_pieces(spec: Spec) -> bool:
    effect = spec.effect
    if isinstance(effect, FullReduce | FullPercent):
        return effect.pieces
    return isinstance(effect, Nth) or (isinstance(effect, Gift) and effect.by_pieces)


def _told(one: Traced, spec: Spec, currency: str, now: datetime) -> str:
    """What can be told more exactly; empty: the usual words do."""
    window, most = spec.window, spec.per_order
    if one.outcome == "window" and now < window.starts_at:
        return _now("%(when)s 开始") % {"when": to_minute(window.starts_at)}
    if one.outcome == "window" and now >= window.ends_at:
        return _now("活动已结束")
    if one.outcome == "audience" and spec.audience in _NEW_BUYERS:
        return _now("仅限新用户")
    if one.outcome == "audience" and least_tier(spec.audience):
        return _now("仅限等级够的会员")
    if one.outcome == "per_order":
        return ngettext("每单最多使用 %(most)d 张", "每单最多使用 %(most)d 张", most) % {"most": most}
    return missing(one, spec, currency) if one.outcome == "threshold" else ""


def _leaves(condition: Condition) -> Sequence[Compare]:
    if isinstance(condition, Compare):
        return (condition,)
    return [leaf for part in condition.parts for leaf in _leaves(part)]


def _compared(one: Compare, facts: Facts) -> str:
    fact = facts.get(one.fact)
    has = _now("未知") if fact is None else _said(fact)
    wants = f"{_FACTS.get(one.fact, one.fact)} {_SIGNS[one.op]} {_said(one.value)}"
    return _now("%(wants)s（实际：%(has)s）") % {"wants": wants, "has": has}


def _said(value: object) -> str:
    if isinstance(value, bool):
        return _now("是") if value else _now("否")
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value))) or "-"
    return str(value)
