"""Draws as they stand, and plays as they were. Reached through `queries`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from goodfor.catalog import queries as catalog
from goodfor.identity import queries as identity
from goodfor.loyalty import queries as loyalty
from goodfor.mall import odds, states
from goodfor.mall.errors import DrawNotFound
from goodfor.mall.mapping import play_view, prize_wish
from goodfor.mall.models import Draw, Play, Prize
from goodfor.mall.odds import Chance
from goodfor.mall.types import DrawView, DrawWish, Played, PlayView, PrizeView
from goodfor.orders import queries as orders
from goodfor.orders.types import CODE

#: The top prize of a lottery with sales is worth at most 50,000 yuan (SAMR order 56 of 2020, article 17).
TOP_MINOR: Final = 5_000_000
TOP_CURRENCY: Final = "CNY"
_MOST: Final = 200


def draws(shop_id: UUID) -> list[DrawView]:
    """All, newest first; for the staff."""
    return _views(shop_id, list(Draw.objects.filter(shop_id=shop_id).order_by("-id")[:_MOST]))


def open_draws(shop_id: UUID, now: datetime) -> list[DrawView]:
    """Those in which one may play now, that ends first first."""
    return _views(shop_id, list(_open(shop_id, now).order_by("ends_at", "id")[:_MOST]))


def any_open(shop_id: UUID, now: datetime) -> bool:
    """Whether there is one."""
    return _open(shop_id, now).exists()


def _open(shop_id: UUID, now: datetime) -> QuerySet[Draw]:
    return Draw.objects.filter(shop_id=shop_id, state=states.ON, starts_at__lte=now, ends_at__gt=now)


def draw(shop_id: UUID, draw_id: UUID) -> DrawView:
    """One, draft or not. Raises DrawNotFound."""
    row = Draw.objects.filter(shop_id=shop_id, id=draw_id).first()
    if row is None:
        raise DrawNotFound
    return _views(shop_id, [row])[0]


def prizes_of(shop_id: UUID, draw_id: UUID) -> list[Prize]:
    """The rows of a draw's prizes in the order of their odds."""
    return list(Prize.objects.filter(shop_id=shop_id, draw_id=draw_id).order_by("position"))


def table_of(shop_id: UUID, prizes: Sequence[Prize]) -> tuple[Chance, ...]:
    """Their odds now: what is gone, or cannot be had at the moment, is not left."""
    goods = [one.sku_id for one in prizes if one.sku_id is not None]
    there = _there(shop_id, goods)
    return tuple(
        Chance(
            one.id, one.weight,
            left=(one.stock is None or one.won < one.stock) and (one.sku_id is None or there.get(one.sku_id, False)),
            consolation=one.consolation,
        )
        for one in prizes
    )  # fmt: skip


def worth(shop_id: UUID, *, units: int, sku_id: UUID | None, now: datetime) -> int:
    """What a prize is worth in minor units: the price of its goods, or what its points buy."""
    if sku_id is not None:
        found = catalog.products_of_skus(shop_id, [sku_id])
        return found[0][1].price.amount_minor if found else 0
    return loyalty.worth_of(shop_id, units, now) if units else 0


def day_of(shop_id: UUID, now: datetime) -> date:
    """Which day it is by the shop's clock."""
    return now.astimezone(ZoneInfo(identity.shop_by_id(shop_id).timezone)).date()


def plays_left(shop_id: UUID, draw_id: UUID, owner: UUID, now: datetime) -> int:
    """How many plays of this day a member has left."""
    row = Draw.objects.filter(shop_id=shop_id, id=draw_id).first()
    if row is None:
        raise DrawNotFound
    return max(0, row.per_day - plays_today(shop_id, draw_id, owner, day_of(shop_id, now)))


def plays_today(shop_id: UUID, draw_id: UUID, owner: UUID, day: date) -> int:
    """How many there were."""
    return Play.objects.filter(shop_id=shop_id, draw_id=draw_id, owner=owner, day=day).count()


def played(shop_id: UUID, owner: UUID, request_key: str) -> Played | None:
    """What a request did before; None: nothing yet."""
    row = (
        Play.objects.filter(shop_id=shop_id, owner=owner, request_key=request_key[:40])
        .select_related("prize")
        .first()
    )  # fmt: skip
    return told(row, again=True) if row else None


def told(row: Play, *, again: bool = False) -> Played:
    """What a play gave."""
    number = orders.order_view(row.shop_id, row.order_id).number if row.order_id else ""
    left = max(0, row.most - plays_today(row.shop_id, row.draw_id, row.owner, row.day))
    return Played(
        row.id, prize_wish(row.prize), row.prize_id, row.units, row.order_id, number, left, again
    )  # fmt: skip


def plays_of(shop_id: UUID, draw_id: UUID | None, owner: UUID, limit: int = 20) -> list[PlayView]:
    """A member's plays in a draw, or in all (None), newest first."""
    rows = Play.objects.filter(shop_id=shop_id, owner=owner).select_related("prize")
    if draw_id is not None:
        rows = rows.filter(draw_id=draw_id)
    return [play_view(row) for row in rows.order_by("-id")[:limit]]


def plays(shop_id: UUID, draw_id: UUID, *, before: UUID | None = None, limit: int = 50) -> list[PlayView]:
    """All plays of a draw, newest first; `before` continues after one."""
    rows = Play.objects.filter(shop_id=shop_id, draw_id=draw_id).select_related("prize").order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [play_view(row) for row in rows[:limit]]


def play(shop_id: UUID, play_id: UUID) -> PlayView:
    """One, to be told again. Raises DrawNotFound."""
    row = Play.objects.filter(shop_id=shop_id, id=play_id).select_related("prize").first()
    if row is None:
        raise DrawNotFound
    return play_view(row)


def play_of_order(shop_id: UUID, order_id: UUID) -> PlayView | None:
    """The play whose prize an order is; None: it is none."""
    row = Play.objects.filter(shop_id=shop_id, order_id=order_id).select_related("prize").first()
    return play_view(row) if row else None


def _there(shop_id: UUID, skus: Sequence[UUID]) -> Mapping[UUID, bool]:
    """Which of these goods a winner would have at once: on sale, there, and within what a top prize may be worth."""
    if not skus:
        return {}
    free = orders.available(shop_id, skus)
    return {
        sku.id: free.get(sku.id, 0) > 0 and sku.delivery_kind == CODE and sku.per_buyer_limit is None
        and orders.takes_balance(shop_id, sku.price.currency)
        and (sku.price.currency != TOP_CURRENCY or sku.price.amount_minor <= TOP_MINOR)
        for _card, sku in catalog.products_of_skus(shop_id, list(skus))
    }  # fmt: skip


def _views(shop_id: UUID, rows: list[Draw]) -> list[DrawView]:
    prizes: dict[UUID, list[Prize]] = {row.id: [] for row in rows}
    for one in Prize.objects.filter(shop_id=shop_id, draw_id__in=list(prizes)).order_by("position"):
        prizes[one.draw_id].append(one)
    return [_view(shop_id, row, prizes[row.id]) for row in rows]


def _view(shop_id: UUID, row: Draw, prizes: list[Prize]) -> DrawView:
    table = table_of(shop_id, prizes)
    shares = odds.shares(table)
    wishes = tuple(prize_wish(one) for one in prizes)
    return DrawView(
        row.id, row.state,
        DrawWish(row.name, row.cost, row.per_day, row.starts_at, row.ends_at, wishes, row.least_rank, row.words),
        tuple(
            PrizeView(one.id, wish, one.won, chance.left, shares[one.id])
            for one, wish, chance in zip(prizes, wishes, table, strict=True)
        ),
        row.made_at,
    )  # fmt: skip
