"""A coupon as a gift: promotions keep it and pass it on. Steps of `things`; each runs in its caller's transaction."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from goodfor.gifts import states
from goodfor.gifts.errors import CannotGive, GiftGone, InvalidGift
from goodfor.gifts.mapping import secret_of
from goodfor.gifts.models import Gift
from goodfor.gifts.types import Kept, Wish
from goodfor.promotions import queries as promotions
from goodfor.promotions.errors import CouponGone, CouponNotFound
from goodfor.promotions.operations.claim_coupon import give_coupon, take_back, take_gift


def keep(shop_id: UUID, _gift_id: UUID, giver_ref: str, wish: Wish, now: datetime) -> Kept:
    """Of a batch that may be passed on, once. Raises CannotGive, InvalidGift."""
    if wish.subject_id is None:
        raise InvalidGift(field="coupon")
    mine = Gift.objects.filter(shop_id=shop_id, kind=states.COUPON, subject_id=wish.subject_id, state=states.MADE)
    if mine.exists():
        raise CannotGive(why="coupon")
    try:
        link = give_coupon(shop_id=shop_id, coupon_id=wish.subject_id, buyer_ref=giver_ref, now=now)
    except (CouponGone, CouponNotFound) as error:
        raise CannotGive(why="coupon") from error
    return Kept(promotions.coupon_name(shop_id, wish.subject_id), 1, link.until, link.token)


def hand_over(gift: Gift, taker_ref: str, now: datetime) -> None:
    """It is among who opened it's coupons. Raises GiftGone: it is over."""
    try:
        take_gift(shop_id=gift.shop_id, token=secret_of(gift), buyer_ref=taker_ref, now=now)
    except CouponGone as error:
        raise GiftGone from error


def give_back(gift: Gift, now: datetime) -> None:  # noqa: ARG001
    """To who gave it; one that was voided meanwhile is nobody's."""
    assert gift.subject_id is not None
    with suppress(CouponGone):
        take_back(shop_id=gift.shop_id, coupon_id=gift.subject_id, buyer_ref=gift.giver_ref)
