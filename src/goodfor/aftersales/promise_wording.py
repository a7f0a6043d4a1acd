"""What a promise says to a buyer, in plain sentences of the language that is active when it is asked for."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from goodfor.aftersales.types import Hours, Terms
from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money

#: What can be wrong, as it stands in a sentence.
FAULTS: Final[Mapping[str, Any]] = {
    "invalid": pgettext_lazy("promise", "无效"),
    "used": pgettext_lazy("promise", "已被使用"),
    "wrong": pgettext_lazy("promise", "发错"),
    "expired": pgettext_lazy("promise", "过期"),
    "not_received": pgettext_lazy("promise", "没收到"),
    "top_up_missing": pgettext_lazy("promise", "充值没到账"),
    "changed_mind": pgettext_lazy("promise", "不想要了"),
}
WEEKDAYS: Final[Sequence[Any]] = (
    pgettext_lazy("promise", "周一"),
    pgettext_lazy("promise", "周二"),
    pgettext_lazy("promise", "周三"),
    pgettext_lazy("promise", "周四"),
    pgettext_lazy("promise", "周五"),
    pgettext_lazy("promise", "周六"),
    pgettext_lazy("promise", "周日"),
)
ZONES: Final[Mapping[str, Any]] = {"Asia/Shanghai": pgettext_lazy("promise", "北京时间")}
#: The kind of what is topped up, not handed out as a code (`catalog`: `delivery_kind`).
DIRECT: Final = "direct"


def promise_lines(terms: Terms, currency: str, kind: str = "code") -> list[str]:
    """One sentence each. `kind`: of what is sold, `code` or `direct`; both say all that the terms say of it."""
    lines = [_delivery(terms, currency)]
    lines += [_("没充到账的部分，核实后原路退款。")] if kind == DIRECT else _codes(terms)
    lines += _paid(terms, currency, kind)
    lines += _answers(terms, currency)
    return [*lines, *_limits(terms, kind)]


def span(seconds: int) -> str:
    """Exactly as long as it is: 90 秒, 5 分钟, 24 小时, 3 天."""
    if seconds % 86_400 == 0 and seconds >= 2 * 86_400:
        return ngettext("%(n)d 天", "%(n)d 天", seconds // 86_400) % {"n": seconds // 86_400}
    if seconds % 3_600 == 0:
        return ngettext("%(n)d 小时", "%(n)d 小时", seconds // 3_600) % {"n": seconds // 3_600}
    if seconds % 60 == 0:
        return ngettext("%(n)d 分钟", "%(n)d 分钟", seconds // 60) % {"n": seconds // 60}
    return ngettext("%(n)d 秒", "%(n)d 秒", seconds) % {"n": seconds}


def hours_line(hours: Hours) -> str:
    """When people work: days with the same hours together."""
    together: dict[tuple[time, time], list[int]] = {}
    for day, times in sorted(hours.days.items()):
        together.setdefault(times, []).append(day)
    parts = [f"{_days(days)} {opens:%H:%M}–{_end(closes)}" for (opens, closes), days in together.items()]
    where = {"when": pgettext("promise", "，").join(parts), "zone": ZONES.get(hours.zone, hours.zone)}
    if hours.free or hours.extra:
        return _("工作时间：%(when)s（%(zone)s），节假日按店家日历。") % where
    return _("工作时间：%(when)s（%(zone)s）。") % where


def _delivery(terms: Terms, currency: str) -> str:
    within = {"span": span(terms.delivery_seconds)}
    if terms.goodwill_delivery_minor:
        late = within | {"amount": _money(terms.goodwill_delivery_minor, currency)}
        return _("付款后 %(span)s内发货，晚了另补 %(amount)s；发不了就自动原路退款。") % late
    return _("付款后 %(span)s内发货，发不了就自动原路退款。") % within


def _codes(terms: Terms) -> list[str]:
    days = {"days": terms.claim_days}
    if terms.instant_refund and terms.change_of_mind:
        unseen = _("卡密没看过，%(days)d 天内随时一键退款，立即退回，不想要了也行。") % days
    elif terms.instant_refund:
        unseen = _("卡密没看过就发现不对，%(days)d 天内一键退款，立即退回。") % days
    elif terms.change_of_mind:
        unseen = _("卡密没看过，%(days)d 天内不想要了可以申请退款，审核后退回。") % days
    else:
        unseen = ""
    faults = _faults(name for name in ("invalid", "used", "wrong", "expired") if name not in terms.excluded)
    if terms.first == "replace":
        bad = _("卡密%(faults)s：先换新，换不了就退款。") % {"faults": faults}
    else:
        bad = _("卡密%(faults)s：核实后直接退款。") % {"faults": faults}
    return [line for line in (unseen, bad) if line]


def _paid(terms: Terms, currency: str, kind: str) -> list[str]:
    paid = terms.compensation
    reasons = [name for name in paid.reasons if (name == "top_up_missing") == (kind == DIRECT) or name == "wrong"]
    if not paid.multiple or not reasons:
        return []
    values = {
        "times": paid.multiple,
        "faults": _faults(reasons),
        "claim": _money(paid.claim_cap_minor, currency),
        "day": _money(paid.day_cap_minor, currency),
    }
    if paid.base == "order":
        line = _(
            "错一赔 %(times)d：%(faults)s，退换之外再赔整单金额的 %(times)d 倍，"
            "单笔最高 %(claim)s，全店一天最高 %(day)s。"
        )
    else:
        line = _(
            "错一赔 %(times)d：%(faults)s，退换之外再赔实付金额的 %(times)d 倍，"
            "单笔最高 %(claim)s，全店一天最高 %(day)s。"
        )
    proof = _("赔付以供货方核实为准") if paid.evidence == "supplier" else _("核实后就赔")
    way = _("赔到店内余额") if paid.way == "wallet" else _("由店家转账给你")
    return [line % values, _("%(proof)s，%(way)s。") % {"proof": proof, "way": way}]


def _answers(terms: Terms, currency: str) -> list[str]:
    values = {"answer": span(terms.answer_seconds), "decision": span(terms.decision_seconds)}
    if terms.hours is None:
        lines = [_("申请售后，%(answer)s内答复，%(decision)s内处理完。") % values]
    else:
        lines = [_("申请售后，%(answer)s内答复，%(decision)s内处理完，只算工作时间。") % values]
        lines.append(hours_line(terms.hours))
    late = {
        "answer": _money(terms.goodwill_answer_minor, currency),
        "decision": _money(terms.goodwill_decision_minor, currency),
    }
    if terms.goodwill_answer_minor and terms.goodwill_decision_minor:
        lines.append(_("答复晚了补 %(answer)s，处理晚了补 %(decision)s，自动补，不用申请。") % late)
    elif terms.goodwill_answer_minor:
        lines.append(_("答复晚了补 %(answer)s，自动补，不用申请。") % late)
    elif terms.goodwill_decision_minor:
        lines.append(_("处理晚了补 %(decision)s，自动补，不用申请。") % late)
    return lines


def _limits(terms: Terms, kind: str) -> list[str]:
    lines = [_("发货后 %(days)d 天内都可以申请售后。") % {"days": terms.claim_days}]
    left_out = [name for name in terms.excluded if name != "changed_mind"] if kind != DIRECT else []
    if not terms.change_of_mind and kind != DIRECT:
        left_out.append("changed_mind")
    if left_out:
        lines.append(_("不包括：%(faults)s。") % {"faults": _faults(left_out)})
    return lines


def _faults(names: Any) -> str:
    return pgettext("promise", "、").join(str(FAULTS.get(name, name)) for name in names)


def _money(amount_minor: int, currency: str) -> str:
    return plain_money(Money(amount_minor, currency))


def _days(days: Sequence[int]) -> str:
    """周一至周五 where they follow each other, else each by name."""
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return _("%(first)s至%(last)s") % {"first": WEEKDAYS[days[0]], "last": WEEKDAYS[days[-1]]}
    return pgettext("promise", "、").join(str(WEEKDAYS[day]) for day in days)


def _end(closes: time) -> str:
    return "24:00" if closes == time(0) else f"{closes:%H:%M}"
