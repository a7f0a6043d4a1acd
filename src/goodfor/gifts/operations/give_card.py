"""A card as a gift. Steps of `things`; each runs in its caller's transaction."""

from datetime import datetime
from uuid import UUID

from goodfor.cards.errors import CardRefused
from goodfor.cards.operations.keep_card import hold_card, pass_card, return_card
from goodfor.gifts.errors import CannotGive, GiftGone, InvalidGift, SignInToTake
from goodfor.gifts.models import Gift
from goodfor.gifts.types import Kept, Wish, is_member


def keep(shop_id: UUID, gift_id: UUID, giver_ref: str, wish: Wish, now: datetime) -> Kept:
    """One that lies in the giver's account. Raises CannotGive, InvalidGift."""
    if wish.subject_id is None:
        raise InvalidGift(field="card")
    try:
        card = hold_card(shop_id=shop_id, card_id=wish.subject_id, holder_ref=giver_ref, gift_id=gift_id, now=now)
    except CardRefused as error:
        raise CannotGive(why="card") from error
    return Kept(card.program.name, 1, card.expires_at)


def hand_over(gift: Gift, taker_ref: str, now: datetime) -> None:
    """Into the account of who opened it. Raises SignInToTake, GiftGone (revoked meanwhile)."""
    if not is_member(taker_ref):
        raise SignInToTake
    assert gift.subject_id is not None
    try:
        pass_card(shop_id=gift.shop_id, card_id=gift.subject_id, gift_id=gift.id, taker_ref=taker_ref, now=now)
    except CardRefused as error:
        raise GiftGone from error


def give_back(gift: Gift, now: datetime) -> None:
    """To who gave it."""
    assert gift.subject_id is not None
    return_card(shop_id=gift.shop_id, card_id=gift.subject_id, gift_id=gift.id, now=now)
