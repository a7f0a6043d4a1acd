"""Rows as views."""

from goodfor.kernel.money import Money
from goodfor.mall import odds
from goodfor.mall.models import Play, Prize, Redemption, Reward
from goodfor.mall.types import PlayView, PrizeWish, RedemptionView, RewardView, RewardWish


def reward_view(row: Reward) -> RewardView:
    """A reward."""
    wish = RewardWish(
        row.sku_id, row.points, row.cash_minor, row.stock, row.most, row.period, row.least_rank, row.exclusive,
        row.starts_at, row.ends_at, row.position, row.words,
    )  # fmt: skip
    return RewardView(row.id, row.state, wish, row.taken, row.currency)


def redemption_view(row: Redemption) -> RedemptionView:
    """A redemption, read with its reward."""
    return RedemptionView(
        row.id, row.reward_id, row.reward.sku_id, row.owner, row.order_id, row.state, row.points,
        Money(row.minor, row.currency), Money(row.cash_minor, row.currency), row.at,
    )  # fmt: skip


def prize_wish(row: Prize) -> PrizeWish:
    """A prize as it was asked for."""
    return PrizeWish(row.name, row.kind, row.weight, row.stock, row.units, row.sku_id, row.consolation)


def play_view(row: Play) -> PlayView:
    """A play, read with its prize."""
    return PlayView(
        row.id, row.draw_id, row.owner, row.at, row.cost, row.roll, odds.from_json(row.odds), row.drawn_id,
        row.prize_id, row.prize.name, row.prize.kind, row.units, row.order_id, row.minor, row.state,
    )  # fmt: skip
