"""What an effect gives, in one line of the reader's language: for buyers and operators alike."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money
from goodfor.promotions.spec_types import (
    USUAL_BP,
    BundlePrice,
    Effect,
    ExtraPoints,
    FullPercent,
    FullReduce,
    Gift,
    Nth,
    UnitPercent,
    UnitPrice,
)


def effect_text(effect: Effect, names: Mapping[UUID, str], currency: str) -> str:
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
            return _("付原价的 %(percent)s%%") % {"percent": _percent(bp)}
        case BundlePrice(minor, off_bp):
            if minor is not None:
                return _("每套 %(price)s") % {"price": _money(minor, currency)}
            return _("合计减 %(percent)s%%") % {"percent": _percent(off_bp or 0)}
        case FullReduce() | FullPercent():
            return _("，").join(_tiers(effect, currency))
        case Nth(n, bp):
            return _("每第 %(n)d 件付 %(percent)s%%") % {"n": n, "percent": _percent(bp)}
        case ExtraPoints():
            return _("，").join(_points(effect, currency))
        case Gift():
            name = names.get(effect.sku_id) or _("赠品")
            said = _("%(threshold)s 送 %(name)s × %(pieces)d") % {
                "threshold": _threshold(effect.threshold, effect.by_pieces, currency), "name": name,
                "pieces": effect.pieces,
            }  # fmt: skip
            return said.strip()


def _points(effect: ExtraPoints, currency: str) -> list[str]:
    threshold = _threshold(effect.threshold, False, currency)
    found = []
    if effect.times_bp > USUAL_BP:
        times = f"{effect.times_bp / USUAL_BP:g}"
        found.append(_("%(threshold)s 得 %(times)s 倍积分") % {"threshold": threshold, "times": times})
    if effect.plus:
        found.append(_("%(threshold)s 多送 %(n)s 积分") % {"threshold": threshold, "n": f"{effect.plus:,}"})
    return [one.strip() for one in found]


def _tiers(effect: FullReduce | FullPercent, currency: str) -> list[str]:
    found = []
    for tier in effect.tiers:
        threshold = _threshold(tier.threshold, effect.pieces, currency)
        if isinstance(effect, FullReduce):
            found.append(
                (_("%(threshold)s 减 %(off)s") % {"threshold": threshold, "off": _money(tier.value, currency)}).strip()
            )
        else:
            found.append(
                (
                    _("%(threshold)s 付 %(percent)s%%") % {"threshold": threshold, "percent": _percent(tier.value)}
                ).strip()
            )
    if isinstance(effect, FullReduce) and effect.every:
        found.append(_("每满都减"))
    if effect.most is not None:
        found.append(_("一单最多减 %(most)s") % {"most": _money(effect.most, currency)})
    return found


def _threshold(threshold: int, pieces: bool, currency: str) -> str:
    if pieces:
        return _("满 %(pieces)d 件") % {"pieces": threshold}
    return _("满 %(money)s") % {"money": _money(threshold, currency)} if threshold > 1 else ""


def _percent(bp: int) -> str:
    return f"{bp / 100:g}"


def _money(minor: int, currency: str) -> str:
    return plain_money(Money(minor, currency))
