"""Who gives coupons: put in by the wiring, since coupons are promotions' own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Giver:
    """`give(shop_id, batch_id, buyer_id, now)`: a coupon of a batch, in the caller's transaction; None: none is to
    be had. `take(shop_id, coupon_id, now)`: back, where it is not used. `has(shop_id, batch_id, now)`: whether such a
    batch can be given from."""

    give: Callable[[UUID, UUID, UUID, datetime], UUID | None]
    take: Callable[[UUID, UUID, datetime], None]
    has: Callable[[UUID, UUID, datetime], bool]


_giver: list[Giver] = []


def install(giver: Giver) -> None:
    """Called once by the wiring."""
    _giver[:] = [giver]


def gives_coupons() -> bool:
    """Whether rewards may be coupons here."""
    return bool(_giver)


def giver() -> Giver:
    """Who gives them."""
    return _giver[0]
