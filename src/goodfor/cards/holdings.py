"""Whether a card is good, and whose it is to use. For reads, and for operations that hold its row."""

from datetime import datetime

from goodfor.cards import states
from goodfor.cards.models import Card, Holding


def is_good(card: Card, now: datetime) -> bool:
    """Whether a held card may be used."""
    return card.state == states.ACTIVE and (card.expires_at is None or card.expires_at > now)


def is_for(card: Card, ref: str) -> bool:
    """Whether it is this person's to use: in their account, in no gift; else whoever has its code."""
    row = Holding.objects.filter(shop_id=card.shop_id, card_id=card.id).first()
    return row is None or (row.holder_ref == ref and row.gift_id is None)
