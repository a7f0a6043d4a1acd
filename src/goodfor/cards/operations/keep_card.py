"""A card lies in an account: from then on its code is good there alone. It can be kept for a gift, and passed on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.cards.errors import CardRefused
from goodfor.cards.holdings import is_good
from goodfor.cards.locks import lock_card
from goodfor.cards.models import Card, Holding
from goodfor.cards.queries import found_card
from goodfor.cards.types import FoundCard
from goodfor.kernel import audit


@transaction.atomic(savepoint=False)
def keep_card(*, shop_id: UUID, card_id: UUID, holder_ref: str, now: datetime) -> FoundCard:
    """Whoever showed its code a moment ago keeps it in their account; the same again does nothing.

    Raises CardRefused: no longer good, or in another's account.
    """
    card = _good(shop_id, card_id, now)
    row, new = Holding.objects.get_or_create(
        card_id=card_id, shop_id=shop_id, defaults={"holder_ref": holder_ref, "kept_at": now}
    )
    if row.holder_ref != holder_ref:
        raise CardRefused
    if new:
        _note(card, "cards_card_kept", holder_ref, now)
    return found_card(card)


@transaction.atomic(savepoint=False)
def hold_card(*, shop_id: UUID, card_id: UUID, holder_ref: str, gift_id: UUID, now: datetime) -> FoundCard:
    """Kept for a gift: nobody uses it until that is opened or over; again for the same gift it does nothing.

    Raises CardRefused: not in this account, no longer good, or in another gift.
    """
    card = _good(shop_id, card_id, now)
    rows = Holding.objects.filter(shop_id=shop_id, card_id=card_id, holder_ref=holder_ref)
    if not rows.filter(gift_id=gift_id).exists() and not rows.filter(gift_id__isnull=True).update(gift_id=gift_id):
        raise CardRefused
    return found_card(card)


@transaction.atomic(savepoint=False)
def pass_card(*, shop_id: UUID, card_id: UUID, gift_id: UUID, taker_ref: str, now: datetime) -> None:
    """It is in the account of who opened the gift. Raises CardRefused: not kept for it, or no longer good."""
    card = _good(shop_id, card_id, now)
    mine = Holding.objects.filter(shop_id=shop_id, card_id=card_id, gift_id=gift_id)
    if not mine.update(holder_ref=taker_ref, gift_id=None, kept_at=now):
        raise CardRefused
    _note(card, "cards_card_passed_on", taker_ref, now)


@transaction.atomic(savepoint=False)
def return_card(*, shop_id: UUID, card_id: UUID, gift_id: UUID, now: datetime) -> None:  # noqa: ARG001
    """It is its giver's again, good or not; the same again does nothing."""
    lock_card(shop_id, card_id)
    Holding.objects.filter(shop_id=shop_id, card_id=card_id, gift_id=gift_id).update(gift_id=None)


def _good(shop_id: UUID, card_id: UUID, now: datetime) -> Card:
    card = lock_card(shop_id, card_id)
    if not is_good(card, now):
        raise CardRefused
    return card


def _note(card: Card, action: str, actor: str, now: datetime) -> None:
    audit.record(
        shop_id=card.shop_id, actor=actor, action=action, subject=("cards_card", card.id), data={"serial": card.serial},
        now=now,
    )  # fmt: skip
