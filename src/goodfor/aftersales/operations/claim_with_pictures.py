"""A buyer's claim together with the pictures that came with it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales.operations.keep_pictures import keep_pictures
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.aftersales.pictures import prepared
from goodfor.aftersales.types import Claimed


def claim_with_pictures(
    *,
    shop_id: UUID,
    order_id: UUID,
    line_id: UUID,
    reason: str,
    code_ids: Sequence[UUID] = (),
    text: str = "",
    pictures: Sequence[bytes] = (),
    fresh: bool,
    paid_from: str = "",
    actor: str,
    now: datetime,
) -> Claimed:
    """Like `make_claim`, with up to three pictures as they were handed in: all of it happens, or nothing.

    Raises InvalidPicture, TooManyPictures, and what `make_claim` raises.
    """
    kept = prepared(pictures)
    with transaction.atomic():
        claimed = make_claim(
            shop_id=shop_id,
            order_id=order_id,
            line_id=line_id,
            reason=reason,
            code_ids=code_ids,
            text=text,
            fresh=fresh,
            paid_from=paid_from,
            pictures=len(kept),
            actor=actor,
            now=now,
        )
        keep_pictures(shop_id=shop_id, case_id=claimed.case.id, pictures=kept, now=now)
    return claimed
