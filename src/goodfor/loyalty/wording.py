"""What a movement is called on a member's statement."""

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money
from goodfor.loyalty.types import CALENDAR, GROWN, ORDERED, ROLLING, SPENT, USUAL, EntryView, Tier

_WORDS: Final = {
    "earn": _("积分到账"), "spend": _("积分付款"), "expire": _("积分到期"), "adjust": _("店铺调整"),
    "restore": _("退款退回积分"), "clawback": _("退款扣回积分"), "given": _("转赠给朋友"), "received": _("朋友转赠"),
}  # fmt: skip
#: What is to be done. The number, where there is one, stands beside it.
TASK_WORDS: Final = {
    "profile": _("填写称呼"), "birthday": _("填写生日"), "email": _("验证邮箱"), "phone": _("验证手机号"),
    "passkey": _("添加通行密钥"), "subscribed": _("订阅优惠消息"), "first": _("完成第一笔订单"),
    "orders": _("下单并完成"), "friend": _("邀请的朋友完成购买"), "rated": _("评价一次售后"),
}  # fmt: skip
EVERY_WORDS: Final = {"once": _("一次"), "daily": _("每天"), "weekly": _("每周"), "monthly": _("每月")}
#: What leads to tiers, and over which time, by what is counted and the window.
COUNTS: Final = {
    (GROWN, ROLLING): _("购物就得成长值，算最近 365 天的"), (GROWN, CALENDAR): _("购物就得成长值，算今年的"),
    (SPENT, ROLLING): _("等级按最近 365 天的实付金额算"), (SPENT, CALENDAR): _("等级按今年的实付金额算"),
    (ORDERED, ROLLING): _("等级按最近 365 天的订单算"), (ORDERED, CALENDAR): _("等级按今年的订单算"),
}  # fmt: skip
#: What earned, by the kind of its source.
_BY: Final = {
    "order": _("购物得积分"), "checkin": _("签到"), "monthly": _("会员每月积分"), "birthday": _("生日积分"),
    "prize": _("抽奖得积分"), "prizeback": _("奖品换成积分"),
    "anniversary": _("入会周年积分"), "task": _("任务积分"),
    "partner": _("合作方赠送积分"),
}  # fmt: skip
#: What was spent, or came back, at a partner's.
_ELSEWHERE: Final = {"spend": _("在合作方商城兑换"), "restore": _("合作方兑换未成功，退回积分")}


def said(entry: EntryView) -> str | Promise:
    """In the reader's language."""
    if entry.kind == "clawback" and entry.source.kind == "task":
        return _("退款扣回任务积分")
    if entry.kind == "earn" and entry.source.kind in _BY:
        return _BY[entry.source.kind]
    if entry.kind == "spend" and entry.source.kind == "draw":
        return _("抽奖")
    if entry.source.kind == "partner" and entry.kind in _ELSEWHERE:
        return _ELSEWHERE[entry.kind]
    return _WORDS[entry.kind]


def counted(metric: str, amount: int, currency: str) -> str:
    """So much of what leads to tiers, in the reader's language."""
    if metric == SPENT:
        return plain_money(Money(amount, currency))
    told = f"{amount:,}"
    if metric == ORDERED:
        return ngettext("%(n)s 笔订单", "%(n)s 笔订单", amount) % {"n": told}
    return _now("%(n)s 成长值") % {"n": told}


def perks_of(tier: Tier) -> tuple[str, ...]:
    """What a tier gives, a line each."""
    found = []
    if tier.points_bp > USUAL:
        found.append(_now("购物得 %(times)s 倍积分") % {"times": f"{tier.points_bp / USUAL:g}"})
    if tier.monthly_points:
        found.append(_now("每月送 %(n)s 积分") % {"n": f"{tier.monthly_points:,}"})
    if tier.birthday_points:
        found.append(_now("生日送 %(n)s 积分") % {"n": f"{tier.birthday_points:,}"})
    if tier.anniversary_points:
        found.append(_now("入会周年送 %(n)s 积分") % {"n": f"{tier.anniversary_points:,}"})
    if tier.coupons:
        many = len(tier.coupons)
        found.append(ngettext("每月送 %(n)s 张券", "每月送 %(n)s 张券", many) % {"n": many})
    if tier.claim_hours:
        hours = tier.claim_hours
        found.append(ngettext("售后最迟 %(n)s 小时处理", "售后最迟 %(n)s 小时处理", hours) % {"n": hours})
    if tier.extra_picks:
        picks = tier.extra_picks
        found.append(ngettext("订阅每期多选 %(n)s 件", "订阅每期多选 %(n)s 件", picks) % {"n": picks})
    return (*found, *(line.strip() for line in tier.words.splitlines() if line.strip()))


def listed(perks: Sequence[str]) -> str:
    """Lines as one sentence."""
    return _now("，").join(perks)
