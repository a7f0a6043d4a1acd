"""A member redeems a reward: ordered as in a sale and paid with points, or with points and money. One transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.loyalty.operations.spend_units import REDEEMED, spend_units
from goodfor.loyalty.types import POINTS, Holder
from goodfor.mall import periods, states
from goodfor.mall.errors import RewardChanged, RewardClosed, RewardGone, RewardLimit, RewardNotFound
from goodfor.mall.locks import lock_member
from goodfor.mall.models import Redemption, Reward
from goodfor.mall.operations.steps import born, must_have_reached
from goodfor.mall.queries import answered
from goodfor.mall.types import Redeemed
from goodfor.orders.operations.pay_from_credit import pay_from_credit
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.operations.quote import quote
from goodfor.orders.types import Buyer, Credit, HoldOrder, LineRequest, PlacedOrder

_TAKE: Final = Statement("goodfor.mall", "sql/take_piece.sql")
_TALLY: Final = Statement("goodfor.mall", "sql/tally.sql")
#: As many as one likes.
_ANY: Final = 2**31 - 1
#: The order waits for its money.
WAITING: Final = "placed"


@transaction.atomic(savepoint=False)
def redeem(
    *, shop_id: UUID, reward_id: UUID, owner: UUID, buyer: Buyer, request_key: str, now: datetime,
    form: Mapping[str, str] | None = None, hold: HoldOrder | None = None, order_id: UUID | None = None,
    expect: tuple[int, int] | None = None,
) -> Redeemed:  # fmt: skip
    """One piece for a member; the same answer to the same request. What money pays waits for it as any order.

    `form`: what a top-up asks for; `hold`, `order_id`: as in place_order. `expect`: points and minor units of money
    that the member was shown. Raises RewardNotFound, RewardClosed, RewardChanged, RewardGone, RewardLimit, TierTooLow,
    NotEnoughPoints, and what placing and paying an order raise; then nothing changed.
    """
    lock_member(shop_id, owner)
    if (again := answered(shop_id, owner, request_key)) is not None:
        return again
    reward = _reward(shop_id, reward_id, owner, now)
    if expect is not None and expect != (reward.points, reward.cash_minor):
        raise RewardChanged
    placed, minor = _place(reward, buyer, form or {}, hold, order_id, now)
    moved = spend_units(
        shop_id=shop_id, holder=Holder(owner), units=reward.points, order_id=placed.order_id, buys_minor=minor,
        actor="buyer", now=now,
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=reward.currency, entries=moved.entries, now=now)
    period_key = _count(reward, owner, now)
    row = Redemption.objects.create(
        id=uuid7(), shop_id=shop_id, reward=reward, owner=owner, request_key=request_key[:40],
        order_id=placed.order_id, points=reward.points, minor=minor, cash_minor=reward.cash_minor,
        currency=placed.total.currency, period_key=period_key, at=now,
    )  # fmt: skip
    born(states.REDEMPTION, shop_id, row.id, actor="buyer", cause=f"order:{placed.order_id}", now=now)
    state = WAITING
    if not reward.cash_minor:
        state = pay_from_credit(shop_id=shop_id, order_id=placed.order_id, account=REDEEMED, now=now).state
    return Redeemed(placed.order_id, placed.number, state, placed.secret)


def _reward(shop_id: UUID, reward_id: UUID, owner: UUID, now: datetime) -> Reward:
    """As it is now; what many want at once is settled by the counters below."""
    row = Reward.objects.filter(shop_id=shop_id, id=reward_id).first()
    if row is None or row.state == states.DRAFT:
        raise RewardNotFound
    begun = row.starts_at is None or row.starts_at <= now
    if row.state != states.ON or not begun or (row.ends_at is not None and row.ends_at <= now):
        raise RewardClosed
    must_have_reached(shop_id, owner, row.least_rank, now)
    if row.stock is not None and row.taken >= row.stock:
        raise RewardGone
    return row


def _place(
    reward: Reward, buyer: Buyer, form: Mapping[str, str], hold: HoldOrder | None, order_id: UUID | None, now: datetime
) -> tuple[PlacedOrder, int]:
    """Its order, and what points meet of it: of what campaigns left of the price all but the announced money."""
    lines, credit, expect = [LineRequest(reward.sku_id, 1, form)], None, None
    if reward.cash_minor:
        expect = quote(shop_id=reward.shop_id, lines=lines, buyer=buyer, now=now).total.amount_minor
        if expect <= reward.cash_minor:
            raise RewardClosed
        credit = Credit(POINTS, expect - reward.cash_minor)
    placed = place_order(
        shop_id=reward.shop_id, lines=lines, buyer=buyer, channel="storefront", hold=hold, order_id=order_id,
        credit=credit, expect_minor=expect, now=now,
    )  # fmt: skip
    if placed.total.currency != reward.currency or placed.total.amount_minor < 1:
        raise RewardClosed
    return placed, credit.minor if credit else placed.total.amount_minor


def _count(reward: Reward, owner: UUID, now: datetime) -> str:
    """A piece less for all, and one more of this member's; under which name it is counted. Raises RewardGone,
    RewardLimit."""
    named = {"shop_id": reward.shop_id, "reward_id": reward.id}
    if _TAKE.row(named) is None:
        raise RewardGone
    key = periods.key(reward.period, now, ZoneInfo(identity.shop_by_id(reward.shop_id).timezone))
    # Also where there is no limit yet: one that comes later knows of them.
    if _TALLY.row({**named, "owner": owner, "period_key": key, "most": reward.most or _ANY}) is None:
        raise RewardLimit(limit=reward.most, period=reward.period)
    return key
