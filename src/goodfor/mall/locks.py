"""Locks of the mall.

Order: its member (advisory) > the order and what is below it > points > reward or prize > the ledger.
"""

from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from goodfor.kernel.errors import DomainError
from goodfor.kernel.locks import LOCK_TIMEOUT_MS, advisory_xact_lock
from goodfor.mall.errors import DrawNotFound, RewardNotFound
from goodfor.mall.models import Draw, Play, Redemption, Reward

T = TypeVar("T", bound=Model)


def lock_member(shop_id: UUID, owner: UUID) -> None:
    """One at a time redeems or plays for a member."""
    advisory_xact_lock(("mall", shop_id, owner))


def lock_reward(shop_id: UUID, reward_id: UUID) -> Reward:
    """Raises RewardNotFound."""
    return _locked(Reward, shop_id, RewardNotFound, id=reward_id)


def lock_draw(shop_id: UUID, draw_id: UUID) -> Draw:
    """Raises DrawNotFound."""
    return _locked(Draw, shop_id, DrawNotFound, id=draw_id)


def lock_redemption(shop_id: UUID, order_id: UUID) -> Redemption:
    """The redemption of an order. Raises RewardNotFound where it is of none."""
    return _locked(Redemption, shop_id, RewardNotFound, order_id=order_id)


def lock_play(shop_id: UUID, order_id: UUID) -> Play:
    """The play whose prize an order is. Raises DrawNotFound where it is of none."""
    return _locked(Play, shop_id, DrawNotFound, order_id=order_id)


def _locked(model: type[T], shop_id: UUID, missing: type[DomainError], **named: UUID) -> T:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
    row = model._default_manager.select_for_update(no_key=True).filter(shop_id=shop_id, **named).first()
    if row is None:
        raise missing
    return row
