"""Reads of the mall, as dataclasses."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import ProductCard, SkuView
from goodfor.identity import queries as identity
from goodfor.kernel.sql import Statement
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.types import Holder
from goodfor.mall import periods, states
from goodfor.mall.drawing import any_open
from goodfor.mall.drawing import draw as draw
from goodfor.mall.drawing import draws as draws
from goodfor.mall.drawing import open_draws as open_draws
from goodfor.mall.drawing import play as play
from goodfor.mall.drawing import play_of_order as play_of_order
from goodfor.mall.drawing import played as played
from goodfor.mall.drawing import plays as plays
from goodfor.mall.drawing import plays_left as plays_left
from goodfor.mall.drawing import plays_of as plays_of
from goodfor.mall.errors import RewardNotFound
from goodfor.mall.mapping import redemption_view, reward_view
from goodfor.mall.models import Redemption, Reward, Tally
from goodfor.mall.types import Cost, Offered, Redeemed, RedemptionView, RewardView
from goodfor.orders import queries as orders

_COST: Final = Statement(__package__, "sql/cost.sql")
_MOST: Final = 200


def is_on(shop_id: UUID, now: datetime) -> bool:
    """Whether members of a shop find anything in its mall: a reward that is on, or a draw that is open."""
    return _shown(shop_id, now).exists() or any_open(shop_id, now)


def rewards(shop_id: UUID) -> list[RewardView]:
    """All, in the order in which they stand; for the staff."""
    return [reward_view(row) for row in Reward.objects.filter(shop_id=shop_id).order_by("position", "id")[:_MOST]]


def reward(shop_id: UUID, reward_id: UUID) -> RewardView:
    """One. Raises RewardNotFound."""
    row = Reward.objects.filter(shop_id=shop_id, id=reward_id).first()
    if row is None:
        raise RewardNotFound
    return reward_view(row)


def offered(shop_id: UUID, owner: UUID | None, now: datetime) -> list[Offered]:
    """What a member, or somebody who is none (None), sees in the mall, in its order."""
    return _seen(shop_id, owner, list(_shown(shop_id, now).order_by("position", "id")[:_MOST]), now)


def offered_one(shop_id: UUID, owner: UUID | None, reward_id: UUID, now: datetime) -> Offered:
    """One of these. Raises RewardNotFound for what he does not see."""
    found = _seen(shop_id, owner, list(_shown(shop_id, now).filter(id=reward_id)), now)
    if not found:
        raise RewardNotFound
    return found[0]


def answered(shop_id: UUID, owner: UUID, request_key: str) -> Redeemed | None:
    """What a request did before; None: nothing yet."""
    row = Redemption.objects.filter(shop_id=shop_id, owner=owner, request_key=request_key[:40]).first()
    if row is None:
        return None
    order = orders.order_view(shop_id, row.order_id)
    return Redeemed(order.id, order.number, order.state)


def redemption_of_order(shop_id: UUID, order_id: UUID) -> RedemptionView | None:
    """The redemption whose order it is; None: it is none."""
    row = Redemption.objects.filter(shop_id=shop_id, order_id=order_id).select_related("reward").first()
    return redemption_view(row) if row else None


def redemptions(
    shop_id: UUID, *, owner: UUID | None = None, reward_id: UUID | None = None, before: UUID | None = None,
    limit: int = 30,
) -> list[RedemptionView]:  # fmt: skip
    """Newest first: of a member, of a reward, or all; `before` continues after one."""
    rows = Redemption.objects.filter(shop_id=shop_id).select_related("reward").order_by("-id")
    if owner is not None:
        rows = rows.filter(owner=owner)
    if reward_id is not None:
        rows = rows.filter(reward_id=reward_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [redemption_view(row) for row in rows[:limit]]


def cost(shop_id: UUID, since: datetime, until: datetime) -> Cost:
    """What was redeemed and played from `since` until before `until`, less what came back of it by now."""
    row = _COST.row({"shop_id": shop_id, "since": since, "until": until})
    assert row is not None, "an aggregate has one row"
    return Cost(*(int(one) for one in row))


def rank_of(shop_id: UUID, owner: UUID | None, now: datetime) -> tuple[int, tuple[str, ...]]:
    """In which tier a member is, and the names of all of them, lowest first; 0 of nobody and where there are none."""
    tiers = loyalty.tiers_of(shop_id)
    if tiers is None:
        return 0, ()
    member = loyalty.member(shop_id, owner, now) if owner else None
    return member.standing.rank if member else 0, tuple(one.name for one in tiers.tiers)


def lacks(names: Sequence[str], rank: int, least_rank: int) -> str:
    """The name of the tier that somebody in `rank` has not reached; empty: he has. Of fewer tiers the highest one."""
    least = min(least_rank, len(names) - 1)
    return names[least] if rank < least else ""


def _shown(shop_id: UUID, now: datetime) -> QuerySet[Reward]:
    return Reward.objects.filter(shop_id=shop_id, state=states.ON).exclude(ends_at__lte=now)


def _seen(shop_id: UUID, owner: UUID | None, rows: list[Reward], now: datetime) -> list[Offered]:
    rank, names = rank_of(shop_id, owner, now)
    rows = [row for row in rows if not (row.exclusive and lacks(names, rank, row.least_rank))]
    if not rows:
        return []
    skus = [row.sku_id for row in rows]
    goods = {sku.id: (card, sku) for card, sku in catalog.products_of_skus(shop_id, skus)}
    there = orders.available(shop_id, skus)
    # What points alone pay is paid as from a balance.
    payable = orders.takes_balance(shop_id, rows[0].currency)
    held = loyalty.balance(shop_id, Holder(owner), now).available if owner else 0
    had = _had(shop_id, owner, rows, now)
    return [
        _offered(row, *goods[row.sku_id], held=held, had=row.id in had,
                 there=there.get(row.sku_id, 0) > 0 and (payable or row.cash_minor > 0),
                 tier=lacks(names, rank, row.least_rank), now=now)
        for row in rows if row.sku_id in goods
    ]  # fmt: skip


def _offered(
    row: Reward, card: ProductCard, sku: SkuView, *, held: int, had: bool, there: bool, tier: str, now: datetime
) -> Offered:
    face = sku.face_value_label or sku.name
    return Offered(
        reward_view(row), f"{card.name} {face}".strip(), card.slug, face, card.image_url, card.category_slug, sku.price,
        sku.delivery_kind,
        missing=max(0, row.points - held), tier=tier, had=had,
        gone=not there or (row.stock is not None and row.taken >= row.stock),
        opens_at=row.starts_at if row.starts_at and row.starts_at > now else None,
    )  # fmt: skip


def _had(shop_id: UUID, owner: UUID | None, rows: list[Reward], now: datetime) -> set[UUID]:
    """Of which rewards a member has had as many as one may."""
    limited = {row.id: row for row in rows if row.most is not None}
    if owner is None or not limited:
        return set()
    zone = ZoneInfo(identity.shop_by_id(shop_id).timezone)
    keys = {(row.id, periods.key(row.period, now, zone)): row.most or 0 for row in limited.values()}
    counted = Tally.objects.filter(
        shop_id=shop_id, owner=owner, reward_id__in=list(limited), period_key__in={key for _id, key in keys}
    )
    return {one.reward_id for one in counted if one.n >= keys.get((one.reward_id, one.period_key), one.n + 1)}
