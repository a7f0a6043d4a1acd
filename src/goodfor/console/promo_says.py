"""What a revision says, line by line, as one reads it before letting it count."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.catalog.types import SkuLabel
from goodfor.console import promo_words as words
from goodfor.console.money_fields import percent
from goodfor.console.promo_forms import AUDIENCES
from goodfor.console.promo_times import spans_text
from goodfor.kernel.money import Money
from goodfor.kit.writing import full_time, plain_money
from goodfor.promotions.types import (
    BundlePrice,
    Effect,
    FullPercent,
    FullReduce,
    Gift,
    Limit,
    Nth,
    Spec,
    UnitPercent,
    UnitPrice,
)

_NAMED: Final = 3


def says(spec: Spec, labels: Mapping[UUID, SkuLabel], currency: str) -> list[tuple[str, str]]:
    """Pairs of what and how."""
    window = spec.window
    when = _("%(since)s 到 %(until)s") % {"since": full_time(window.starts_at), "until": full_time(window.ends_at)}
    if window.hours:
        when = _("%(when)s，每天 %(hours)s") % {"when": when, "hours": spans_text(window.hours)}
    found = [
        (_("商品"), _scope(spec, labels)), (_("优惠"), effect_text(spec.effect, labels, currency)), (_("时间"), when),
        (_("给谁"), _audience(spec)),
    ]  # fmt: skip
    if spec.channels:
        known = dict(words.CHANNELS)
        found.append((_("渠道"), _("、").join(str(known.get(one, one)) for one in sorted(spec.channels))))
    found += [(_("限额"), _limit(limit, currency)) for limit in spec.limits]
    if spec.floor is not None:
        found.append((_("每件至少赚"), _money(spec.floor, currency)))
    return found


def effect_text(effect: Effect, labels: Mapping[UUID, SkuLabel], currency: str) -> str:
    """What it gives, in one line."""
    match effect:
        case UnitPrice():
            prices = sorted({*effect.by_sku.values()} or {effect.minor})
            if len(prices) > 1:
                return _("活动价 %(least)s 到 %(most)s") % {
                    "least": _money(prices[0], currency), "most": _money(prices[-1], currency),
                }  # fmt: skip
            return _("活动价 %(price)s") % {"price": _money(prices[0], currency)}
        case UnitPercent(bp):
            return _("付原价的 %(percent)s%%") % {"percent": percent(bp)}
        case BundlePrice(minor, off_bp):
            if minor is not None:
                return _("每套 %(price)s") % {"price": _money(minor, currency)}
            return _("合计减 %(percent)s%%") % {"percent": percent(off_bp or 0)}
        case FullReduce() | FullPercent():
            return _("，").join(_tiers(effect, currency))
        case Nth(n, bp):
            return _("每第 %(n)d 件付 %(percent)s%%") % {"n": n, "percent": percent(bp)}
        case Gift():
            label = labels.get(effect.sku_id)
            name = f"{label.product_name} {label.name}" if label else str(effect.sku_id)
            return _("%(threshold)s送 %(name)s × %(pieces)d") % {
                "threshold": _threshold(effect.threshold, effect.by_pieces, currency), "name": name,
                "pieces": effect.pieces,
            }  # fmt: skip


def _tiers(effect: FullReduce | FullPercent, currency: str) -> list[str]:
    found = []
    for tier in effect.tiers:
        threshold = _threshold(tier.threshold, effect.pieces, currency)
        if isinstance(effect, FullReduce):
            found.append(_("%(threshold)s减 %(off)s") % {"threshold": threshold, "off": _money(tier.value, currency)})
        else:
            found.append(_("%(threshold)s付 %(percent)s%%") % {"threshold": threshold, "percent": percent(tier.value)})
    if isinstance(effect, FullReduce) and effect.every:
        found.append(_("每满都减"))
    if effect.most is not None:
        found.append(_("一单最多减 %(most)s") % {"most": _money(effect.most, currency)})
    return found


def _threshold(threshold: int, pieces: bool, currency: str) -> str:
    if pieces:
        return _("满 %(pieces)d 件") % {"pieces": threshold}
    return _("满 %(money)s ") % {"money": _money(threshold, currency)} if threshold > 1 else ""


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


def _audience(spec: Spec) -> str:
    if spec.audience is None:
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
