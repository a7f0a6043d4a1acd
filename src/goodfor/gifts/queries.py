"""Reads of gifts, as dataclasses."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from goodfor.gifts import states
from goodfor.gifts.errors import GiftGone, GiftNotFound
from goodfor.gifts.held import codes_held as codes_held
from goodfor.gifts.mapping import gift_view, secret_of
from goodfor.gifts.models import Gift
from goodfor.gifts.types import GiftView
from goodfor.kernel.ids import hash_token

_MOST: Final = 200


def gift_to_open(shop_id: UUID, secret: str, now: datetime) -> GiftView:
    """The gift of a link that can be opened. Raises GiftGone for everything else, alike."""
    row = Gift.objects.filter(shop_id=shop_id, secret_hash=hash_token(secret), state=states.MADE).first()
    if row is None or row.ends_at <= now:
        raise GiftGone
    return gift_view(row)


def is_link(shop_id: UUID, secret: str) -> bool:
    """Whether a link of a gift ever had this secret; for those that led to another page once."""
    return Gift.objects.filter(shop_id=shop_id, secret_hash=hash_token(secret)).exists()


def gift(shop_id: UUID, gift_id: UUID) -> GiftView:
    """One. Raises GiftNotFound."""
    return _one(Gift.objects.filter(shop_id=shop_id, id=gift_id))


def gift_of_giver(shop_id: UUID, number: str, giver_refs: Sequence[str]) -> GiftView:
    """A gift of whoever is one of these. Raises GiftNotFound."""
    return _one(Gift.objects.filter(shop_id=shop_id, number=number, giver_ref__in=[one for one in giver_refs if one]))


def gift_numbered(shop_id: UUID, number: str) -> GiftView:
    """One, for whoever has found out whose it is. Raises GiftNotFound."""
    return _one(Gift.objects.filter(shop_id=shop_id, number=number))


def gift_by_number(shop_id: UUID, number: str) -> GiftView:
    """One that was opened, for whoever has shown that it is theirs. Raises GiftNotFound."""
    return _one(Gift.objects.filter(shop_id=shop_id, number=number, state=states.OPENED))


def gift_of_guest(shop_id: UUID, number: str, key: str) -> GiftView:
    """The gift that a guest opened, by the key that they got then. Raises GiftNotFound."""
    return _one(Gift.objects.filter(shop_id=shop_id, number=number, key_hash=hash_token(key), state=states.OPENED))


def link_secret(shop_id: UUID, gift_id: UUID) -> str:
    """The secret of the link, for the giver, until it was opened or is over; then empty."""
    row = Gift.objects.filter(shop_id=shop_id, id=gift_id, state=states.MADE).first()
    return secret_of(row) if row else ""


def gifts_given(shop_id: UUID, giver_ref: str, before: UUID | None = None, limit: int = 20) -> list[GiftView]:
    """Newest first; `before` continues after one."""
    return _page(Gift.objects.filter(shop_id=shop_id, giver_ref=giver_ref), before, limit)


def gifts_taken(shop_id: UUID, taker_ref: str, before: UUID | None = None, limit: int = 20) -> list[GiftView]:
    """What somebody opened, newest first."""
    rows = Gift.objects.filter(shop_id=shop_id, taker_ref=taker_ref).exclude(taker_ref="")
    return _page(rows, before, limit)


def gifts_of(shop_id: UUID, subject_id: UUID) -> list[GiftView]:
    """Gifts of an order's codes, of a card or a coupon, newest first."""
    return _page(Gift.objects.filter(shop_id=shop_id, subject_id=subject_id), None, _MOST)


def _page(rows: QuerySet[Gift], before: UUID | None, limit: int) -> list[GiftView]:
    rows = rows.filter(id__lt=before) if before else rows
    return [gift_view(row) for row in rows.order_by("-id")[: min(limit, _MOST)]]


def _one(rows: QuerySet[Gift]) -> GiftView:
    row = rows.first()
    if row is None:
        raise GiftNotFound
    return gift_view(row)
