"""What can be given, kind by kind: kept for a gift, handed to who opened it, or given back.

Each runs in the caller's transaction, with the gift's row held once there is one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.gifts import states
from goodfor.gifts.models import Gift
from goodfor.gifts.operations import give_card, give_codes, give_coupon, give_points
from goodfor.gifts.types import Kept, Wish


@dataclass(frozen=True, slots=True)
class Thing:
    """How one kind is kept, handed over and returned. `keep` raises CannotGive; `hand_over` GiftGone, SignInToTake."""

    keep: Callable[[UUID, UUID, str, Wish, datetime], Kept]
    hand_over: Callable[[Gift, str, datetime], None]
    give_back: Callable[[Gift, datetime], None]


THINGS: Final[Mapping[str, Thing]] = {
    states.CODES: Thing(give_codes.keep, give_codes.hand_over, give_codes.give_back),
    states.CARD: Thing(give_card.keep, give_card.hand_over, give_card.give_back),
    states.POINTS: Thing(give_points.keep, give_points.hand_over, give_points.give_back),
    states.COUPON: Thing(give_coupon.keep, give_coupon.hand_over, give_coupon.give_back),
}
