"""Why a coupon is not for a buyer, in words that he may read. Pure."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodfor.promotions.evaluating.conditions import Facts, holds
from goodfor.promotions.spec_types import Compare, Condition

_NOBODY_YET = ("eq", 0), ("lt", 1), ("le", 0)
_ALREADY = ("ge", 1), ("gt", 0), ("ne", 0)


def why_not(condition: Condition | None, facts: Facts) -> str:
    """The first thing that he lacks; empty: it is for him. What is not known of him is lacking."""
    if condition is None or holds(condition, facts) is True:
        return ""
    # Of alternatives and negations no single one is what is lacking.
    parts = [condition] if isinstance(condition, Compare) else condition.parts if condition.op == "and" else ()
    lacking = next((part for part in parts if holds(part, facts) is not True), None)
    if isinstance(lacking, Compare):
        return _word(lacking)
    return why_not(lacking, facts) if lacking is not None else _("不在这张券的适用人群里")


def _word(one: Compare) -> str:
    if one.fact == "orders_paid" and (one.op, one.value) in _NOBODY_YET:
        return _("仅限新用户")
    if one.fact == "orders_paid" and (one.op, one.value) in _ALREADY:
        return _("仅限买过的人")
    if one.fact == "signed_in" and one.value is (one.op == "eq"):
        return _("登录后才能领")
    if one.fact == "tier" and one.op in ("ge", "gt", "eq"):
        return _("仅限等级够的会员，会员中心里写着怎么升级")
    if one.fact == "registered_days" and isinstance(one.value, int):
        days = one.value + (one.op == "gt") - (one.op == "lt")
        if one.op in ("ge", "gt"):
            return ngettext("注册满 %(days)d 天才能领", "注册满 %(days)d 天才能领", days) % {"days": days}
        if one.op in ("le", "lt"):
            return ngettext("仅限注册 %(days)d 天内的人", "仅限注册 %(days)d 天内的人", days) % {"days": days}
    return _("不在这张券的适用人群里")
