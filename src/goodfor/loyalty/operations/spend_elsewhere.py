"""Units are spent at a partner's, and come back from there. Steps in the caller's transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from goodfor.ledger import operations as ledger
from goodfor.loyalty import accounts, moving, programme, store
from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.kinds import SALE
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import Holder, Move, Source

PARTNER = "partner"


def spend_elsewhere(
    *, shop_id: UUID, holder: Holder, units: int, spend_id: UUID, account: str, costs_minor: int, currency: str,
    reason: str, now: datetime,
) -> Move:  # fmt: skip
    """All or nothing, once for a `spend_id`; whoever gives something for them is owed `costs_minor` in `account`.

    Raises NotEnoughPoints, before anything is written; InvalidPoints, MoveDiffers.
    """
    why = Why(Source(PARTNER, str(spend_id), "spend"), SALE, reason, PARTNER, None, now)
    moved = moving.take(shop_id, holder, units, why)
    if not moved.move.again:
        _book(shop_id, holder, moved.move, -moved.move.minor, costs_minor, account, currency, back=False, now=now)
    return moved.move


def restore_from_elsewhere(
    *, shop_id: UUID, holder: Holder, spend_id: UUID, account: str, costs_minor: int, currency: str, now: datetime
) -> Move:
    """All units of a `spend_id` return to the lots that they came from, once. Of an ended lot they live a while.

    Raises InvalidPoints where there was no such spend.
    """
    spent = store.entry_of(store.lock_wallet(shop_id, holder), Source(PARTNER, str(spend_id), "spend"))
    if spent is None:
        raise InvalidPoints(field="spend_id")
    why = Why(Source(PARTNER, str(spend_id), "restore"), SALE, "", PARTNER, None, now)
    grace = timedelta(days=programme.terms_at(shop_id, now).grace_days)
    moved = moving.put_back(shop_id, holder, spent.id, spent.asked, why, grace=grace)
    if not moved.move.again:
        _book(shop_id, holder, moved.move, moved.move.minor, costs_minor, account, currency, back=True, now=now)
    return moved.move


def _book(
    shop_id: UUID, holder: Holder, move: Move, worth: int, costs: int, account: str, currency: str, *, back: bool,
    now: datetime,
) -> None:  # fmt: skip
    entry = accounts.elsewhere_entry(
        entry_id=move.entry_id, kind=holder.kind, worth_minor=worth, costs_minor=costs, account=account, back=back,
        now=now,
    )  # fmt: skip
    if entry is not None:
        ledger.post(shop_id=shop_id, currency=currency, entries=(entry,), now=now)
