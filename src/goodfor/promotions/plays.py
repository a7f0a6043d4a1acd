"""What group buys and bargains say in the settings of a revision, and how a bargain is cut. Pure."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from goodfor.promotions.group_types import MAX_HELPERS, MAX_HOURS, MAX_SIZE, BargainPlay, GroupPlay
from goodfor.promotions.spec_types import BY_CHOICE, Spec, UnitPrice

GROUP_PLAY, BARGAIN_PLAY = "group", "bargain"


def group_play(spec: Spec) -> GroupPlay:
    """The settings of a group buy. ValueError names what is wrong."""
    _check(spec, GROUP_PLAY)
    told = spec.play_settings
    return GroupPlay(
        size=_whole(told, "size", 2, MAX_SIZE), hours=_whole(told, "hours", 1, MAX_HOURS),
        each=_whole(told, "each", 1, 100, 1), wechat=told.get("wechat") is True,
    )  # fmt: skip


def bargain_play(spec: Spec) -> BargainPlay:
    """The settings of a bargain, whose effect is the price it can come to. ValueError names what is wrong."""
    _check(spec, BARGAIN_PLAY)
    told = spec.play_settings
    return BargainPlay(
        helpers=_whole(told, "helpers", 1, MAX_HELPERS), hours=_whole(told, "hours", 1, MAX_HOURS),
        help_most=_whole(told, "help_most", 1, 100, 3), wechat=told.get("wechat") is True,
    )  # fmt: skip


def price_of(spec: Spec, sku_id: UUID) -> int:
    """The price a piece that the effect names for a SKU."""
    assert isinstance(spec.effect, UnitPrice)
    return spec.effect.by_sku.get(sku_id, spec.effect.minor)


def cuts(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` in as many parts as there are weights (fewer where it is less), each at least 1, by largest remainder."""
    parts = min(len(weights), total)
    if parts < 1:
        return ()
    rest, used = total - parts, [max(weight, 1) for weight in weights[:parts]]
    whole = sum(used)
    shares = [rest * weight // whole for weight in used]
    order = sorted(range(parts), key=lambda at: (-(rest * used[at] % whole), at))
    for at in order[: rest - sum(shares)]:
        shares[at] += 1
    return tuple(1 + share for share in shares)


def _check(spec: Spec, play: str) -> None:
    if spec.play != play:
        raise ValueError("play")
    if spec.trigger != BY_CHOICE:
        raise ValueError("trigger")
    if not isinstance(spec.effect, UnitPrice):
        raise ValueError("effect")


def _whole(told: Mapping[str, object], name: str, least: int, most: int, default: int | None = None) -> int:
    value = told.get(name, default)
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"play_settings.{name}")
    return value
