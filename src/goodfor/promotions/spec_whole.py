"""What belongs together in a revision: whatever a form or a program made it, before it is written. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from goodfor.promotions.spec_reading import At, refuse
from goodfor.promotions.types import (
    ACTIVITY,
    BY_CHOICE,
    BY_COUPON,
    COUPON,
    EARN,
    ORDER,
    PRICE,
    USUAL_BP,
    BundlePrice,
    Effect,
    ExtraPoints,
    FullPercent,
    FullReduce,
    Gift,
    Limit,
    Nth,
    Spec,
    Tier,
    UnitPercent,
    UnitPrice,
)

_LAYERS: Final[Mapping[type[Effect], tuple[str, ...]]] = {
    UnitPrice: (ACTIVITY, PRICE), UnitPercent: (PRICE,), BundlePrice: (ACTIVITY,), FullReduce: (ORDER, COUPON),
    FullPercent: (ORDER, COUPON), Nth: (ORDER,), Gift: (ORDER,), ExtraPoints: (EARN,),
}  # fmt: skip
#: Pieces that a SKU may have of a campaign.
MOST_UNITS: Final = 10**9
#: Prices that hold only for who was let in.
_CHOSEN_PLAYS: Final = frozenset({"group", "bargain"})


def check_whole(spec: Spec) -> None:
    """Raise InvalidSpec for what cannot be meant, evaluated or counted."""
    effect = spec.effect
    if spec.layer not in _LAYERS[type(effect)]:
        refuse(("layer",), _("这种优惠不能放在这一层"))
    if (spec.trigger == BY_COUPON) is not (spec.layer == COUPON):
        refuse(("trigger",), _("用券触发的优惠只能放在优惠券层"))
    if spec.trigger == BY_CHOICE and not (spec.layer == ACTIVITY and isinstance(effect, UnitPrice)):
        refuse(("trigger",), _("拼团与砍价只能用活动价"))
    if (spec.play in _CHOSEN_PLAYS) is not (spec.trigger == BY_CHOICE):
        refuse(("trigger",), _("拼团与砍价必须由买家参与触发，其他玩法不能"))
    if spec.window.ends_at <= spec.window.starts_at:
        refuse(("window", "ends_at"), _("结束必须晚于开始"))
    _check_scope(spec)
    _check_effect(effect)
    _check_points(spec)
    if spec.per_order > 1 and spec.trigger != BY_COUPON:
        refuse(("per_order",), _("只有优惠券可以每单使用多张"))
    _check_limits(spec)
    _check_settings(spec)


def _check_points(spec: Spec) -> None:
    effect = spec.effect
    if not isinstance(effect, ExtraPoints):
        return
    if effect.times_bp <= USUAL_BP and not effect.plus:
        refuse(("effect",), _("请填积分倍数，或多送多少积分"))
    # What it gives is no money off: a day's most is said with the points themselves.
    if spec.limits or spec.loss_leader or spec.floor is not None:
        refuse(("limits",), _("送积分的活动不设限额，每天上限在积分规则里设"))


def _check_scope(spec: Spec) -> None:
    scope = spec.scope
    if isinstance(spec.effect, BundlePrice):
        return
    if not (scope.everything or scope.skus or scope.products or scope.categories):
        refuse(("scope",), _("请选择适用商品"))


def _check_effect(effect: Effect) -> None:
    if isinstance(effect, BundlePrice) and (effect.minor is None) is (effect.off_bp is None):
        refuse(("effect",), _("组合价与减去比例必须二选一"))
    if isinstance(effect, FullReduce | FullPercent):
        _check_tiers(effect.tiers, better_is_more=isinstance(effect, FullReduce))
    if isinstance(effect, FullReduce) and effect.every and len(effect.tiers) != 1:
        refuse(("effect", "every"), _("“每满”只能有一档"))


def _check_tiers(tiers: Sequence[Tier], *, better_is_more: bool) -> None:
    for number, tier in enumerate(tiers):
        path = ("effect", "tiers", number)
        if better_is_more and tier.value < 1:
            refuse((*path, "value"), _("优惠必须大于零"))
        if not better_is_more and tier.value > 9_999:
            refuse((*path, "value"), _("折扣必须低于原价"))
        if number:
            before = tiers[number - 1]
            if tier.threshold <= before.threshold:
                refuse((*path, "threshold"), _("门槛必须逐档升高"))
            if (tier.value <= before.value) if better_is_more else (tier.value >= before.value):
                refuse((*path, "value"), _("优惠必须逐档增大"))


def _check_limits(spec: Spec) -> None:
    seen = set()
    for number, limit in enumerate(spec.limits):
        path, place = ("limits", number), (limit.entity, limit.counts, limit.period)
        if place in seen:
            refuse(path, _("与前面的限额重复"))
        seen.add(place)
        _check_limit(spec, limit, path)
    if spec.loss_leader and not any(limit.counts == "loss" for limit in spec.limits):
        refuse(("loss_leader",), _("允许亏损时必须设置亏损限额"))
    # Audiences know only of orders that were paid: whoever is new may order many times before he pays the first.
    if spec.play == "new_buyer" and not any(
        (limit.entity, limit.counts, limit.period) == ("buyer", "uses", "all") for limit in spec.limits
    ):
        refuse(("limits",), _("新用户活动必须限制每位买家的次数"))


def _check_limit(spec: Spec, limit: Limit, path: tuple[str, int]) -> None:
    # What is counted for a SKU is pieces: uses and money belong to a campaign.
    if limit.entity == "sku" and limit.counts != "units":
        refuse((*path, "counts"), _("按规格只能限件数"))
    if limit.counts == "units" and not isinstance(spec.effect, UnitPrice | UnitPercent):
        refuse((*path, "counts"), _("只有活动价与折扣价可以限件数"))
    if limit.counts == "loss" and not (spec.loss_leader or isinstance(spec.effect, Gift)):
        refuse((*path, "counts"), _("不允许亏损的活动没有亏损可限"))


def _check_settings(spec: Spec) -> None:
    """Of what arithmetic does not know, the one thing that limits read: pieces by SKU."""
    if "units_by_sku" not in spec.play_settings:
        return
    path, own = ("play_settings", "units_by_sku"), spec.play_settings["units_by_sku"]
    if not isinstance(own, Mapping):
        refuse(path, _("格式有误"))
    for sku, pieces in own.items():
        At(sku, (*path, str(sku)[:40])).name()
        At(pieces, (*path, str(sku)[:40])).whole(0, MOST_UNITS)
