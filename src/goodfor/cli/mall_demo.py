"""What points are worth in the demo shop, its tiers, and what they buy: three rewards and a draw."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Terms, Tier, TierSet
from goodfor.mall.operations.set_draw import make_draw, turn_draw
from goodfor.mall.operations.set_reward import make_reward, turn_reward
from goodfor.mall.types import DAY, GOODS, MONTH, NOTHING, POINTS, DrawWish, PrizeWish, RewardWish

DRAW_FOR: Final = timedelta(days=90)
_TIERS: Final = TierSet(
    (Tier("普通会员"), Tier("银卡会员", 500, 300, points_bp=12_000), Tier("金卡会员", 2_000, 1_500, points_bp=15_000))
)


def open_mall(*, shop_id: UUID, skus: Mapping[str, UUID], actor: str, now: datetime) -> None:
    """Once, for a shop that was just made. What is said about points already stays."""
    if not loyalty.ever_gave_points(shop_id):
        set_terms(shop_id=shop_id, terms=Terms(on=True, checkin=(1, 2, 3, 5)), actor=actor, now=now)
    if loyalty.tiers_of(shop_id) is None:
        set_tiers(shop_id=shop_id, tiers=_TIERS, actor=actor, now=now)
    act: dict[str, Any] = {"shop_id": shop_id, "actor": actor, "now": now}
    for wish in (
        RewardWish(skus["xh-month"], 1_850, most=1, period=MONTH, position=1, words="每月一张，码马上到"),
        RewardWish(skus["kw-50"], 1_000, cash_minor=3_850, position=2),
        RewardWish(skus["kw-100"], 9_000, stock=20, most=1, period=DAY, least_rank=1, position=3),
    ):
        turn_reward(**act, reward_id=make_reward(**act, wish=wish).id, on=True)
    prizes = (
        PrizeWish("星河月卡", GOODS, 1, stock=10, sku_id=skus["xh-month"]),
        PrizeWish("50 积分", POINTS, 19, stock=500, units=50),
        PrizeWish("5 积分", POINTS, 180, units=5),
        PrizeWish("谢谢参与", NOTHING, 800, consolation=True),
    )
    made = make_draw(**act, wish=DrawWish("积分抽奖", 10, 3, now, now + DRAW_FOR, prizes, words="概率公布在下面"))
    turn_draw(**act, draw_id=made.id, on=True)
