"""A card's time is made longer: what is on it is still its holder's, also when its day has passed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.cards import states
from goodfor.cards.errors import CardNotFound, InvalidBatch
from goodfor.cards.locks import lock_card
from goodfor.cards.models import Card
from goodfor.cards.operations.steps import move_card, must_be_able
from goodfor.kernel import audit


@transaction.atomic(savepoint=False)
def extend_card(*, shop_id: UUID, serial: int, until: datetime, reason: str, actor: str, now: datetime) -> None:
    """Good until then; one that had expired is good again.

    Raises CardNotFound (also for one that is used up, revoked or not good yet), InvalidBatch(field), Forbidden.
    """
    must_be_able(shop_id, actor)
    if not reason.strip():
        raise InvalidBatch(field="reason")
    found = Card.objects.filter(shop_id=shop_id, serial=serial).values_list("id", flat=True).first()
    if found is None:
        raise CardNotFound
    card = lock_card(shop_id, found)
    if card.state not in (states.ACTIVE, states.EXPIRED) or card.expires_at is None:
        raise CardNotFound
    if until <= now or until <= card.expires_at:
        raise InvalidBatch(field="until")
    card.expires_at = until
    move_card(card, states.ACTIVE, actor=actor, cause="extend", now=now)
    audit.record(
        shop_id=shop_id, actor=actor, action="cards_card_extended", subject=("cards_card", card.id),
        data={"serial": serial, "until": until.isoformat(), "reason": reason.strip()[:200]}, now=now,
    )  # fmt: skip
