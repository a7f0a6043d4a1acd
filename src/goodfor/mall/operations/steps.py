"""Small steps that operations of the mall share; each runs in its caller's transaction."""

from datetime import datetime
from uuid import UUID

from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.errors import Forbidden
from goodfor.kernel.statemachine import Machine, record_history
from goodfor.mall import states
from goodfor.mall.errors import TierTooLow
from goodfor.mall.models import Draw, Reward
from goodfor.mall.queries import lacks, rank_of


def must_be_able(shop_id: UUID, actor: str) -> None:
    """Raise Forbidden unless this is a person of the shop who may set the mall."""
    staff = identity.staff_by_actor(shop_id, actor)
    if staff is None or not staff.may(Permission.MALL_SET):
        raise Forbidden


def born(machine: Machine, shop_id: UUID, subject_id: UUID, *, actor: str, cause: str, now: datetime) -> None:
    """The first line of a thing's history."""
    record_history(
        shop_id=shop_id, machine=machine, subject_id=subject_id, moves=[(None, machine.initial)], actor=actor,
        cause=cause, now=now,
    )  # fmt: skip


def move(row: Reward | Draw, to_state: str, *, actor: str, now: datetime) -> None:
    """A held row's next state, with its history. Raises IllegalTransition."""
    machine, was = (states.REWARD if isinstance(row, Reward) else states.DRAW), row.state
    machine.check(was, to_state)
    row.state = to_state
    row.save(update_fields=["state"])
    record_history(
        shop_id=row.shop_id, machine=machine, subject_id=row.id, moves=[(was, to_state)], actor=actor, cause="console",
        now=now,
    )  # fmt: skip


def must_have_reached(shop_id: UUID, owner: UUID, least_rank: int, now: datetime) -> None:
    """Raise TierTooLow(tier) unless the member is in that tier; in a shop without tiers everybody is."""
    if not least_rank:
        return
    rank, names = rank_of(shop_id, owner, now)
    if missing := lacks(names, rank, least_rank):
        raise TierTooLow(tier=missing)
