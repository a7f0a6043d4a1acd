"""A member plays: points for a roll, and what it gives. One transaction; each play can be told again."""

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.catalog.errors import NotOnSale, SkuUnknown
from goodfor.identity import queries as identity
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.spend_units import REDEEMED
from goodfor.loyalty.operations.use_units import use_units
from goodfor.loyalty.types import Holder, Source
from goodfor.mall import accounts, odds, states
from goodfor.mall.drawing import day_of, played, plays_today, prizes_of, table_of, told
from goodfor.mall.errors import DrawClosed, DrawNotFound, NoPlaysLeft
from goodfor.mall.locks import lock_member
from goodfor.mall.models import Draw, Play, Prize
from goodfor.mall.odds import Chance
from goodfor.mall.operations.steps import born, must_have_reached
from goodfor.mall.types import Played
from goodfor.orders.operations.pay_from_credit import pay_from_credit
from goodfor.orders.operations.place_order import check_may_order, place_order
from goodfor.orders.types import Buyer, LineRequest, PlacedOrder
from goodfor.vault.errors import OutOfStock

#: A number from 0 until before another, each as likely.
Roll = Callable[[int], int]
_CANNOT_BE_HAD: Final = (DrawClosed, OutOfStock, NotOnSale, SkuUnknown)
_TAKE: Final = Statement("goodfor.mall", "sql/take_prize.sql")


@dataclass(frozen=True, slots=True)
class _Won:
    """What a roll gave, by the table as it turned out to be; the order of its goods."""

    table: tuple[Chance, ...]
    drawn: UUID
    prize: Prize
    placed: PlacedOrder | None = None


@transaction.atomic(savepoint=False)
def play(
    *, shop_id: UUID, draw_id: UUID, owner: UUID, buyer: Buyer, request_key: str, roll: Roll = secrets.randbelow,
    now: datetime,
) -> Played:  # fmt: skip
    """Once; the same answer to the same request. `buyer`: in whose name goods that are won are ordered.

    Raises DrawNotFound, DrawClosed, NoPlaysLeft, TierTooLow, NotEnoughPoints, and why goods that may be won cannot be
    ordered for him (too many unpaid orders), whatever the roll would be; then nothing changed.
    """
    lock_member(shop_id, owner)
    if (again := played(shop_id, owner, request_key)) is not None:
        return again
    row = _draw(shop_id, draw_id, now)
    must_have_reached(shop_id, owner, row.least_rank, now)
    day = day_of(shop_id, now)
    nth = plays_today(shop_id, draw_id, owner, day) + 1
    if nth > row.per_day:
        raise NoPlaysLeft(limit=row.per_day)
    prizes = prizes_of(shop_id, draw_id)
    table = table_of(shop_id, prizes)
    _must_be_able_to_win(prizes, table, buyer, now)
    number = roll(odds.total(table))
    won = _win(prizes, table, number, buyer, now)
    play_id, currency = uuid7(), identity.shop_by_id(shop_id).currency
    gone = use_units(
        shop_id=shop_id, holder=Holder(owner), units=row.cost, source=Source("draw", str(play_id)), actor="buyer",
        now=now,
    )  # fmt: skip
    made = Play.objects.create(
        id=play_id, shop_id=shop_id, draw=row, owner=owner, request_key=request_key[:40], day=day, nth=nth,
        most=row.per_day, cost=row.cost, roll=number, odds=odds.to_json(won.table), drawn_id=won.drawn,
        prize=won.prize, units=won.prize.units, order_id=won.placed.order_id if won.placed else None,
        minor=won.placed.total.amount_minor if won.placed else 0, at=now,
    )  # fmt: skip
    born(states.PLAY, shop_id, play_id, actor="buyer", cause=f"draw:{draw_id}", now=now)
    if gone.entries:
        ledger.post(shop_id=shop_id, currency=currency, entries=gone.entries, now=now)
    _hand_over(made, won.placed, currency, now)
    return told(made)


def _draw(shop_id: UUID, draw_id: UUID, now: datetime) -> Draw:
    row = Draw.objects.filter(shop_id=shop_id, id=draw_id).first()
    if row is None or row.state == states.DRAFT:
        raise DrawNotFound
    if row.state != states.ON or not row.starts_at <= now < row.ends_at:
        raise DrawClosed
    return row


def _must_be_able_to_win(prizes: Sequence[Prize], table: tuple[Chance, ...], buyer: Buyer, now: datetime) -> None:
    """Before the roll: were it refused after, who leaves orders unpaid would play again until he has what he wants."""
    left = {one.prize_id for one in table if one.left}
    for prize in prizes:
        if prize.sku_id is not None and prize.id in left:
            with suppress(*_CANNOT_BE_HAD):
                check_may_order(shop_id=prize.shop_id, buyer=buyer, sku_id=prize.sku_id, now=now)


def _win(prizes: Sequence[Prize], table: tuple[Chance, ...], roll: int, buyer: Buyer, now: datetime) -> _Won:
    """The prize of a roll, taken. One that somebody else took meanwhile, or whose goods cannot be ordered, is gone."""
    by_id = {one.id: one for one in prizes}
    found = odds.hit(table, roll)
    prize = by_id[found.given]
    try:
        with transaction.atomic():
            return _Won(table, found.drawn, prize, _take(prize, buyer, now))
    except _CANNOT_BE_HAD:
        # Not the player's trouble: for this play it counts as gone, which the odds say. What is refused for his own
        # sake ends the play instead, and he keeps his points; that was looked at before the roll.
        table = tuple(replace(one, left=False) if one.prize_id == prize.id else one for one in table)
        found = odds.hit(table, roll)
        prize = by_id[found.given]
        return _Won(table, found.drawn, prize, _take(prize, buyer, now))


def _take(prize: Prize, buyer: Buyer, now: datetime) -> PlacedOrder | None:
    """A piece of it, and the order of its goods. Raises DrawClosed where there is none, and what placing raises."""
    if _TAKE.row({"shop_id": prize.shop_id, "prize_id": prize.id}) is None:
        raise DrawClosed
    if prize.sku_id is None:
        return None
    return place_order(
        shop_id=prize.shop_id, lines=[LineRequest(prize.sku_id, 1)], buyer=buyer, channel="storefront", now=now
    )


def _hand_over(row: Play, placed: PlacedOrder | None, currency: str, now: datetime) -> None:
    """Points into the wallet; goods are paid out of marketing, and delivered as after any payment."""
    if row.units:
        minor, ends = loyalty.present(row.shop_id, row.units, now)
        give_units(
            shop_id=row.shop_id, holder=Holder(row.owner), units=row.units, source=Source("prize", str(row.id)),
            currency=currency, minor=minor, expires_at=ends, now=now,
        )  # fmt: skip
    if placed is not None:
        entry = accounts.prize_entry(play_id=row.id, order_id=placed.order_id, minor=row.minor, now=now)
        ledger.post(shop_id=row.shop_id, currency=currency, entries=(entry,), now=now)
        pay_from_credit(shop_id=row.shop_id, order_id=placed.order_id, account=REDEEMED, now=now)
