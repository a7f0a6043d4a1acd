"""Points as a gift: they lie in a wallet of its own meanwhile. Steps of `things`, in the caller's transaction."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.gifts.errors import CannotGive, GiftGone, InvalidGift, SignInToTake
from goodfor.gifts.models import Gift
from goodfor.gifts.types import Kept, Wish, is_member, member_id
from goodfor.identity import queries as identity
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.errors import InvalidPoints, NotEnoughPoints
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.pass_units_on import pass_units_on
from goodfor.loyalty.operations.take_back_units import take_back_units
from goodfor.loyalty.types import Holder, Source

_EVER: Final = timedelta(days=200 * 365)


def keep(shop_id: UUID, gift_id: UUID, giver_ref: str, wish: Wish, now: datetime) -> Kept:
    """Where the shop lets members give points away. Raises CannotGive, InvalidGift."""
    if wish.subject_id is not None:
        raise InvalidGift(field="subject")
    if not is_member(giver_ref) or not loyalty.terms_at(shop_id, now).transferable:
        raise CannotGive(why="points")
    try:
        pass_units_on(
            shop_id=shop_id, giver=Holder(member_id(giver_ref)), taker=Holder(gift_id), units=wish.units,
            source=_source(gift_id, "kept"), actor=giver_ref, now=now,
        )  # fmt: skip
    except InvalidPoints as error:
        raise InvalidGift(field="n") from error
    except NotEnoughPoints as error:
        raise CannotGive(why="points") from error
    ends = loyalty.expiring(shop_id, Holder(gift_id), now, within=_EVER)
    return Kept("", wish.units, ends[0].at if ends else None)


def hand_over(gift: Gift, taker_ref: str, now: datetime) -> None:
    """Into the account of who opened it. Raises SignInToTake, GiftGone (none of them is left)."""
    if not is_member(taker_ref):
        raise SignInToTake
    if not _move_on(gift, member_id(taker_ref), "passed", now):
        raise GiftGone


def give_back(gift: Gift, now: datetime) -> None:
    """To who gave it; what ended meanwhile stays ended."""
    _move_on(gift, member_id(gift.giver_ref), "back", now)


def _move_on(gift: Gift, owner: UUID, purpose: str, now: datetime) -> int:
    """All that is left of the gift's wallet; what the owner owes of points that were taken back is met first."""
    shop_id, kept, to = gift.shop_id, Holder(gift.id), Holder(owner)
    left = loyalty.balance(shop_id, kept, now).available
    owed = min(loyalty.balance(shop_id, to, now).debt, left)
    if owed:
        currency = identity.shop_by_id(shop_id).currency
        source = _source(gift.id, f"{purpose}_owed")
        take_back_units(
            shop_id=shop_id, holder=kept, units=owed, source=source, currency=currency, debt=False, now=now
        )  # fmt: skip
        give_units(shop_id=shop_id, holder=to, units=owed, source=source, currency=currency, now=now)
    if left > owed:
        pass_units_on(
            shop_id=shop_id, giver=kept, taker=to, units=left - owed, source=_source(gift.id, purpose), actor="system",
            now=now,
        )  # fmt: skip
    return left


def _source(gift_id: UUID, purpose: str) -> Source:
    return Source("gift", str(gift_id), purpose)
