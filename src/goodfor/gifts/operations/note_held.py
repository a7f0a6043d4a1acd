"""What is held of an order's codes is written anew: delivered, given, replaced, gone back, taken into an account."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.delivery import queries as delivery
from goodfor.delivery.types import MaskedCode
from goodfor.gifts.held_models import FOREVER, Item
from goodfor.gifts.locks import lock_held
from goodfor.gifts.models import Gift
from goodfor.orders import queries as orders
from goodfor.orders.types import GivenCode, OrderView

_DELIVERED = "delivered"


@transaction.atomic(savepoint=False)
def note_held(*, shop_id: UUID, order_id: UUID) -> int:
    """A row for each line and each opened gift of which codes are there; others are no longer held. How many are."""
    lock_held(shop_id, order_id)
    order = orders.order_view(shop_id, order_id)
    ref = orders.buyer_of(shop_id, order_id)
    rows = _rows(shop_id, order, ref) if order.state == _DELIVERED and not ref.startswith("client:") else []
    for row in rows:
        values = {field.name: getattr(row, field.name) for field in Item._meta.fields if field.name != "id"}
        Item.objects.update_or_create(id=row.id, shop_id=shop_id, defaults=values)
    gone = Item.objects.filter(shop_id=shop_id, order_id=order_id, live=True)
    gone.exclude(id__in=[row.id for row in rows]).update(live=False)
    return len(rows)


def _rows(shop_id: UUID, order: OrderView, ref: str) -> list[Item]:
    lines = [line.line_id for line in order.lines]
    away, over = orders.given_away(shop_id, lines), orders.remedied_codes(shop_id, lines)
    held = [one for one in delivery.masked_codes(shop_id, lines) if one.code_id not in over]
    found = []
    for line in order.lines:
        # What lies in an open gift is its giver's still.
        own = [one for one in held if one.line_id == line.line_id and not _passed(away, one)]
        if own:
            found.append(_row(order, own, line.line_id, None, ref, order.number, line.title, order.delivered_at))
    for gift_id in dict.fromkeys(one.gift_id for one in away.values() if one.passed):
        gift = Gift.objects.filter(shop_id=shop_id, id=gift_id).first()
        mine = [one for one in held if one.code_id in away and away[one.code_id].gift_id == gift_id]
        if gift is not None and gift.taker_ref and mine:
            found.append(_row(order, mine, gift.id, gift.id, gift.taker_ref, gift.number, gift.title, gift.closed_at))
    return found


def _passed(away: dict[UUID, GivenCode], code: MaskedCode) -> bool:
    one = away.get(code.code_id)
    return one is not None and one.passed


def _row(
    order: OrderView, codes: Sequence[MaskedCode], item_id: UUID, gift_id: UUID | None, ref: str, number: str,
    title: str, got_at: datetime | None,
) -> Item:  # fmt: skip
    assert got_at is not None
    ends = [one.expires_at for one in codes if one.expires_at is not None]
    return Item(
        id=item_id, shop_id=order.shop_id, holder_ref=ref, order_id=order.id, gift_id=gift_id, number=number,
        title=title, units=len(codes), ends_at=min(ends) if ends else FOREVER, got_at=got_at, live=True,
    )  # fmt: skip
