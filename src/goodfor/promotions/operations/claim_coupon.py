"""A buyer takes a coupon in the claim centre, passes one on, or gets one from a friend."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.ids import hash_token, secret_token, uuid7
from goodfor.kernel.sql import Statement
from goodfor.promotions import states
from goodfor.promotions.audiences import why_not
from goodfor.promotions.coupon_models import Coupon
from goodfor.promotions.coupon_types import GiftLink
from goodfor.promotions.errors import ClaimRefused, CouponGone, CouponNotFound
from goodfor.promotions.evaluating.conditions import Facts
from goodfor.promotions.events import CouponFetched
from goodfor.promotions.limit_keys import names_of
from goodfor.promotions.pack_queries import contents
from goodfor.promotions.types import BuyerNames

#: A coupon that no friend has fetched so long is its giver's again.
GIFT_LASTS: Final = timedelta(days=3)
CLAIM: Final = Statement("goodfor.promotions", "sql/claim.sql")
_TAKE: Final = Statement("goodfor.promotions", "sql/take_gift.sql")


@transaction.atomic
def claim_coupon(
    *, shop_id: UUID, batch_id: UUID, names: BuyerNames, now: datetime, facts: Facts | None = None
) -> UUID:  # fmt: skip
    """A coupon of a batch, for this buyer; its id. What a buyer may have is counted for any of his names.

    `facts`: what is known of him, which the campaign's audience asks for; none is nothing. Raises ClaimRefused(why):
    closed, early, late, had, gone, audience.
    """
    if not names.buyer_ref:
        raise ClaimRefused(why="closed")
    lacks = next(
        (why for _name, spec in contents(shop_id, [batch_id]).values() if (why := why_not(spec.audience, facts or {}))),
        "",
    )
    if lacks:
        raise ClaimRefused(why="audience", lacks=lacks)
    coupon_id = uuid7()
    row = CLAIM.row(
        {
            "shop_id": shop_id, "batch_id": batch_id, "coupon_id": coupon_id, "buyer": names.buyer_ref,
            "keys": list(names_of(shop_id, names).of("buyer")), "now": now,
        }
    )  # fmt: skip
    if row is None or row[0]:
        raise ClaimRefused(why=row[0] if row else "closed")
    return coupon_id


@transaction.atomic
def give_coupon(*, shop_id: UUID, coupon_id: UUID, buyer_ref: str, now: datetime) -> GiftLink:
    """Make a link by which a friend gets it, for three days; until then nobody can use it.

    Raises CouponNotFound (also where its batch is not to be passed on), CouponGone.
    """
    token, until = secret_token(), now + GIFT_LASTS
    mine = Coupon.objects.filter(shop_id=shop_id, id=coupon_id, buyer_ref=buyer_ref, batch__giftable=True)
    if not buyer_ref or not mine.exists():
        raise CouponNotFound
    done = Coupon.objects.filter(
        shop_id=shop_id, id=coupon_id, buyer_ref=buyer_ref, state=states.CLAIMED, given_by=""
    ).update(gift_hash=hash_token(token), gift_until=until)
    if not done:
        raise CouponGone(why="used")
    return GiftLink(coupon_id, token, until)


@transaction.atomic
def take_back(*, shop_id: UUID, coupon_id: UUID, buyer_ref: str) -> None:
    """It is not passed on after all. Raises CouponGone where a friend has it already."""
    done = Coupon.objects.filter(
        shop_id=shop_id, id=coupon_id, buyer_ref=buyer_ref, state=states.CLAIMED, gift_hash__isnull=False
    ).update(gift_hash=None, gift_until=None)
    if not done:
        raise CouponGone(why="used")


@transaction.atomic
def take_gift(*, shop_id: UUID, token: str, buyer_ref: str, now: datetime) -> UUID:
    """A friend gets it; it is not passed on again. Its id. Raises CouponGone: fetched, taken back or over."""
    row = _TAKE.row({"shop_id": shop_id, "hash": hash_token(token), "buyer": buyer_ref, "now": now})
    if not buyer_ref or row is None:
        raise CouponGone(why="used")
    coupon_id, campaign_id, given_by = row
    event = CouponFetched(coupon_id, campaign_id, given_by)
    publish(shop_id=shop_id, event=event, cause=("promotions_coupon", coupon_id), now=now)
    return UUID(str(coupon_id))
