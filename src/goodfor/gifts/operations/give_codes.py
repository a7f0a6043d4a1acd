"""Codes of a delivered order as a gift. Steps of `things`; each runs in its caller's transaction."""

from datetime import datetime
from uuid import UUID

from goodfor.delivery import queries as delivery
from goodfor.gifts.errors import CannotGive, GiftGone, InvalidGift
from goodfor.gifts.models import Gift
from goodfor.gifts.operations.note_held import note_held
from goodfor.gifts.states import MOST_CODES
from goodfor.gifts.types import Kept, Wish, actor_of
from goodfor.orders import queries as orders
from goodfor.orders.errors import CannotBeGiven, OrderNotFound, WrongState
from goodfor.orders.operations.give_codes import hold_codes, pass_codes, return_codes


def keep(shop_id: UUID, gift_id: UUID, _giver_ref: str, wish: Wish, now: datetime) -> Kept:
    """Codes of one line; whose order it is the face has found out. Raises CannotGive, InvalidGift."""
    wanted = set(wish.code_ids)
    if wish.subject_id is None or not 1 <= len(wanted) <= MOST_CODES:
        raise InvalidGift(field="codes")
    try:
        hold_codes(shop_id=shop_id, order_id=wish.subject_id, gift_id=gift_id, code_ids=wanted, now=now)
        order = orders.order_view(shop_id, wish.subject_id)
    except (CannotBeGiven, WrongState, OrderNotFound) as error:
        raise CannotGive(why="codes") from error
    lines = {line.line_id: line.title for line in order.lines}
    codes = [one for one in delivery.masked_codes(shop_id, list(lines)) if one.code_id in wanted]
    ends = [one.expires_at for one in codes if one.expires_at is not None]
    titles = dict.fromkeys(lines[one.line_id] for one in codes)
    return Kept(" / ".join(titles)[:250], len(wanted), min(ends) if ends else None)


def hand_over(gift: Gift, taker_ref: str, now: datetime) -> None:
    """Only who opened it sees them from now on. Raises GiftGone: the order went back in this very moment."""
    assert gift.subject_id is not None
    taker = actor_of(taker_ref, gift.number)
    try:
        pass_codes(shop_id=gift.shop_id, order_id=gift.subject_id, gift_id=gift.id, taker=taker, now=now)
    except (CannotBeGiven, WrongState, OrderNotFound) as error:
        raise GiftGone from error


def note(gift: Gift) -> None:
    """What is held by whom, once the gift's own row says so."""
    assert gift.subject_id is not None
    note_held(shop_id=gift.shop_id, order_id=gift.subject_id)


def give_back(gift: Gift, now: datetime) -> None:
    """Their buyer's again."""
    assert gift.subject_id is not None
    return_codes(shop_id=gift.shop_id, order_id=gift.subject_id, gift_id=gift.id, now=now)
