"""What a revision says, line by line, as one reads it before letting it count."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from goodfor.catalog.types import SkuLabel
from goodfor.console import promo_words as words
from goodfor.console.promo_forms import AUDIENCES, without_tier
from goodfor.console.promo_times import spans_text
from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money, to_minute
from goodfor.promotions.saying import effect_text
from goodfor.promotions.types import Limit, Spec

_NAMED: Final = 3
_DAYS: Final = (lazy("周一"), lazy("周二"), lazy("周三"), lazy("周四"), lazy("周五"), lazy("周六"), lazy("周日"))


def says(
    spec: Spec, labels: Mapping[UUID, SkuLabel], currency: str, tiers: Mapping[int, str]
) -> list[tuple[str, str]]:  # fmt: skip
    """Pairs of what and how. `tiers`: names of members' tiers by rank."""
    window = spec.window
    found = [
        (_("商品"), _scope(spec, labels)),
        (_("优惠"), effect_text(spec.effect, _names(labels), currency)),
        (_("什么时候开始"), to_minute(window.starts_at)),
        (_("什么时候结束"), to_minute(window.ends_at)),
        (_("给谁"), _audience(spec, tiers)),
    ]
    if window.weekdays:
        found.insert(4, (_("星期几"), _("、").join(str(_DAYS[day - 1]) for day in sorted(window.weekdays))))
    if window.hours:
        found.insert(4, (_("每天的时段"), spans_text(window.hours)))
    if spec.channels:
        known = dict(words.CHANNELS)
        found.append((_("渠道"), _("、").join(str(known.get(one, one)) for one in sorted(spec.channels))))
    found += [(_("限额"), _limit(limit, currency)) for limit in spec.limits]
    if spec.floor is not None:
        found.append((_("每件至少赚"), _money(spec.floor, currency)))
    return found


def _names(labels: Mapping[UUID, SkuLabel]) -> dict[UUID, str]:
    return {one.id: f"{one.product_name} {one.name}" for one in labels.values()}


def _scope(spec: Spec, labels: Mapping[UUID, SkuLabel]) -> str:
    scope = spec.scope
    if scope.everything:
        text = _("全部商品")
    elif scope.skus:
        known = [labels[sku] for sku in scope.skus if sku in labels]
        names = sorted(f"{one.product_name} {one.name}" for one in known)
        text = _("、").join(names[:_NAMED])
        if len(scope.skus) > _NAMED:
            text = _("%(names)s 等 %(count)d 个规格") % {"names": text, "count": len(scope.skus)}
    else:
        text = _("%(products)d 个商品，%(categories)d 个分类") % {
            "products": len(scope.products), "categories": len(scope.categories),
        }  # fmt: skip
    without = len(scope.without_skus) + len(scope.without_products) + len(scope.without_categories)
    return _("%(text)s，除了 %(count)d 个") % {"text": text, "count": without} if without else text


def _audience(spec: Spec, tiers: Mapping[int, str]) -> str:
    whom, rank = without_tier(spec.audience)
    if rank:
        members = _("%(tier)s及以上会员") % {"tier": tiers.get(rank) or _("第 %(n)s 级") % {"n": rank + 1}}
        return members if whom is None else _("、").join((_audience(replace(spec, audience=whom), tiers), members))
    if whom is None:
        return _("所有人")
    known: dict[str, Any] = {"new": _("没有买过的人"), "before": _("买过的人"), "signed_in": _("登录的买家")}
    return str(next((known[key] for key, who in AUDIENCES.items() if who == spec.audience), _("按条件")))


def _limit(limit: Limit, currency: str) -> str:
    whose = {
        "campaign": _("一共"), "buyer": _("每人"), "device": _("每台设备"), "address": _("每个网络"),
        "phone": _("每个手机号"), "sku": _("每个规格"),
    }[limit.entity]  # fmt: skip
    period = {"all": "", "day": _("每天"), "week": _("每周"), "month": _("每月")}[limit.period]
    much = {
        "uses": _("%(n)d 单"), "units": _("%(n)d 件"), "minor": _("优惠 %(money)s"), "loss": _("亏损 %(money)s"),
    }[limit.counts]  # fmt: skip
    amount = {"n": limit.most, "money": _money(limit.most, currency) if limit.counts in ("minor", "loss") else ""}
    return _("%(whose)s%(period)s最多 %(much)s") % {"whose": whose, "period": period, "much": much % amount}


def _money(minor: int, currency: str) -> str:
    return plain_money(Money(minor, currency))
