"""What a spec must be like before it is written: what belongs together, and what limits can count. Pure."""

from goodfor.promotions.errors import InvalidCampaign
from goodfor.promotions.plays import BARGAIN_PLAY, GROUP_PLAY, bargain_play, group_play
from goodfor.promotions.types import (
    ACTIVITY,
    AUTO,
    BY_CHOICE,
    BY_COUPON,
    COUNTS,
    COUPON,
    ENTITIES,
    LAYERS,
    MODES,
    NEVER,
    NORMAL,
    ORDER,
    PART,
    PERIODS,
    PLAYS,
    PRICE,
    WHOLE,
    BundlePrice,
    FullPercent,
    FullReduce,
    Gift,
    Limit,
    Nth,
    Spec,
    UnitPercent,
    UnitPrice,
)

MOST_LIMITS = 20
_LAYER_OF: dict[type, tuple[str, ...]] = {
    UnitPrice: (ACTIVITY, PRICE), UnitPercent: (ACTIVITY, PRICE), BundlePrice: (ACTIVITY,), FullReduce: (ORDER, COUPON),
    FullPercent: (ORDER, COUPON), Nth: (ORDER,), Gift: (ORDER,),
}  # fmt: skip


def check(name: str, spec: Spec) -> None:
    """Raise InvalidCampaign(field) for what can be neither evaluated nor counted."""
    if not name.strip() or len(name) > 80:
        raise InvalidCampaign(field="name")
    if spec.play not in PLAYS:
        raise InvalidCampaign(field="play")
    if spec.layer not in LAYERS or spec.layer not in _LAYER_OF[type(spec.effect)]:
        raise InvalidCampaign(field="layer")
    if spec.trigger not in (AUTO, BY_COUPON, BY_CHOICE) or (spec.trigger == BY_COUPON) != (spec.layer == COUPON):
        raise InvalidCampaign(field="trigger")
    if spec.trigger == BY_CHOICE and not (spec.layer == ACTIVITY and isinstance(spec.effect, UnitPrice)):
        raise InvalidCampaign(field="trigger")
    if spec.window.ends_at <= spec.window.starts_at:
        raise InvalidCampaign(field="window")
    if spec.node.mode not in MODES:
        raise InvalidCampaign(field="node")
    if spec.stacking not in (NORMAL, "exclusive", "joint"):
        raise InvalidCampaign(field="stacking")
    if spec.per_order < 1:
        raise InvalidCampaign(field="per_order")
    if spec.floor is not None and spec.floor < 0:
        raise InvalidCampaign(field="floor")
    _check_limits(spec.limits)
    _check_play(spec)
    if spec.loss_leader and not any(limit.counts == "loss" for limit in spec.limits):
        raise InvalidCampaign(field="loss_leader")


def _check_play(spec: Spec) -> None:
    """What only pages and groups know of."""
    try:
        if spec.play == GROUP_PLAY:
            group_play(spec)
        elif spec.play == BARGAIN_PLAY:
            bargain_play(spec)
        elif spec.trigger == BY_CHOICE:
            raise InvalidCampaign(field="play")
    except ValueError as error:
        raise InvalidCampaign(field=str(error)) from None


def _check_limits(limits: tuple[Limit, ...]) -> None:
    places = {(limit.entity, limit.counts, limit.period) for limit in limits}
    if len(limits) > MOST_LIMITS or len(places) < len(limits):
        raise InvalidCampaign(field="limits")
    for limit in limits:
        known = limit.entity in ENTITIES and limit.counts in COUNTS and limit.period in PERIODS
        if not known or limit.back not in (WHOLE, PART, NEVER) or not 0 <= limit.most <= 10**15:
            raise InvalidCampaign(field="limits")
        # What is counted for a SKU is pieces: uses and money belong to a campaign.
        if limit.entity == "sku" and limit.counts != "units":
            raise InvalidCampaign(field="limits")
