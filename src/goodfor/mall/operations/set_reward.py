"""A reward is made, changed, put on or taken off."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.catalog import queries as catalog
from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.kernel.errors import DomainError
from goodfor.kernel.ids import uuid7
from goodfor.mall import states
from goodfor.mall.errors import InvalidReward
from goodfor.mall.locks import lock_reward
from goodfor.mall.mapping import reward_view
from goodfor.mall.models import MOST_UNITS, Reward
from goodfor.mall.operations.steps import born, move, must_be_able
from goodfor.mall.types import RewardView, RewardWish
from goodfor.orders import queries as orders

MOST_PIECES = 10**6
MOST_RANK = 11


@transaction.atomic(savepoint=False)
def make_reward(*, shop_id: UUID, wish: RewardWish, actor: str, now: datetime) -> RewardView:
    """A new one, a draft. Raises InvalidReward(field), Forbidden."""
    must_be_able(shop_id, actor)
    currency = identity.shop_by_id(shop_id).currency
    _check(shop_id, wish, currency)
    row = Reward.objects.create(
        id=uuid7(), shop_id=shop_id, currency=currency, made_by=actor[:80], made_at=now, **_columns(wish)
    )  # fmt: skip
    born(states.REWARD, shop_id, row.id, actor=actor, cause="make", now=now)
    _note(row, "made", actor, now)
    return reward_view(row)


@transaction.atomic(savepoint=False)
def change_reward(*, shop_id: UUID, reward_id: UUID, wish: RewardWish, actor: str, now: datetime) -> RewardView:
    """Anything but the goods once somebody has them; counts for what is redeemed from now on.

    Another period begins a new count. Raises RewardNotFound, InvalidReward(field; `stock` below what is taken),
    Forbidden.
    """
    must_be_able(shop_id, actor)
    row = lock_reward(shop_id, reward_id)
    _check(shop_id, wish, row.currency)
    if row.taken and wish.sku_id != row.sku_id:
        raise InvalidReward(_("已经有人兑换，不能再换商品"), field="sku_id")
    if wish.stock is not None and wish.stock < row.taken:
        raise InvalidReward(_("库存不能少于已兑换的件数"), field="stock")
    for name, value in _columns(wish).items():
        setattr(row, name, value)
    row.save(update_fields=list(_columns(wish)))
    _note(row, "changed", actor, now)
    return reward_view(row)


@transaction.atomic(savepoint=False)
def turn_reward(*, shop_id: UUID, reward_id: UUID, on: bool, actor: str, now: datetime) -> RewardView:
    """Put it on, or take it off; orders that were placed go on. Raises RewardNotFound, IllegalTransition,
    InvalidReward, Forbidden."""
    must_be_able(shop_id, actor)
    row = lock_reward(shop_id, reward_id)
    view = reward_view(row)
    if on:
        _check(shop_id, view.wish, row.currency)
        if not view.wish.cash_minor and not orders.takes_balance(shop_id, row.currency):
            raise InvalidReward(_("先开通余额支付，只用积分的订单才能付款"))
    move(row, states.ON if on else states.OFF, actor=actor, now=now)
    _note(row, row.state, actor, now)
    return reward_view(row)


def _check(shop_id: UUID, wish: RewardWish, currency: str) -> None:
    if not 1 <= wish.points <= MOST_UNITS:
        raise InvalidReward(_("请填写积分"), field="points")
    if wish.stock is not None and not 1 <= wish.stock <= MOST_PIECES:
        raise InvalidReward(_("请填写 1 到 1,000,000 的整数"), field="stock")
    if wish.most is not None and not 1 <= wish.most <= MOST_PIECES:
        raise InvalidReward(_("请填写 1 到 1,000,000 的整数"), field="most")
    if wish.period not in states.PERIODS:
        raise InvalidReward(field="period")
    if not 0 <= wish.least_rank <= MOST_RANK or (wish.exclusive and not wish.least_rank):
        raise InvalidReward(_("只给部分会员看时，请选择会员等级"), field="least_rank")
    if wish.starts_at is not None and wish.ends_at is not None and wish.ends_at <= wish.starts_at:
        raise InvalidReward(_("结束时间要晚于开始时间"), field="ends_at")
    if len(wish.words) > 200:
        raise InvalidReward(field="words")
    try:
        sku = catalog.skus_for_sale(shop_id, [wish.sku_id])[wish.sku_id]
    except DomainError:
        raise InvalidReward(_("请选择一个在售的规格"), field="sku_id") from None
    if sku.price.currency != currency:
        raise InvalidReward(_("商品的币种与店铺不同"), field="sku_id")
    # Points meet at least a minor unit, and money pays at least one: of a piece that both pay.
    if not 0 <= wish.cash_minor < sku.price.amount_minor:
        raise InvalidReward(_("加付的金额要低于商品价格"), field="cash_minor")


def _columns(wish: RewardWish) -> dict[str, object]:
    return {
        "sku_id": wish.sku_id, "points": wish.points, "cash_minor": wish.cash_minor, "stock": wish.stock,
        "most": wish.most, "period": wish.period, "least_rank": wish.least_rank, "exclusive": wish.exclusive,
        "starts_at": wish.starts_at, "ends_at": wish.ends_at, "position": wish.position, "words": wish.words.strip(),
    }  # fmt: skip


def _note(row: Reward, what: str, actor: str, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id, actor=actor, action=f"mall_reward_{what}", subject=("mall_reward", row.id),
        data={"sku_id": str(row.sku_id), "points": row.points, "cash_minor": row.cash_minor, "stock": row.stock,
              "most": row.most, "period": row.period, "least_rank": row.least_rank}, now=now,
    )  # fmt: skip
