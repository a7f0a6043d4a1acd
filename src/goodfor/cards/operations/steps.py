"""Small steps that operations on cards share; each runs in its caller's transaction."""

from datetime import datetime
from uuid import UUID

from goodfor.cards import states
from goodfor.cards.models import Card
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.errors import Forbidden
from goodfor.kernel.statemachine import record_history


def who_may(shop_id: UUID) -> list[str]:
    """Who of the staff may set cards, as they are named in the audit trail."""
    return [staff.actor for staff in identity.staff_of_shop(shop_id) if staff.may(Permission.CARDS_SET)]


def alone(shop_id: UUID, actor: str) -> bool:
    """Whether this person is the only one of the shop who may: then nobody else can be asked."""
    return who_may(shop_id) == [actor]


def must_be_able(shop_id: UUID, actor: str) -> None:
    """Raise Forbidden unless this is a person of the shop who may set cards."""
    if actor not in who_may(shop_id):
        raise Forbidden


def move_card(card: Card, to_state: str, *, actor: str, cause: str, now: datetime) -> None:
    """A held card's next state, with what else of it was changed, and its history. Raises IllegalTransition."""
    was = card.state
    if was != to_state:
        states.CARD.check(was, to_state)
        card.state = to_state
    card.save(update_fields=["state", "basis_minor", "remaining_minor", "expires_at"])
    if was != to_state:
        record_history(
            shop_id=card.shop_id, machine=states.CARD, subject_id=card.id, moves=[(was, to_state)], actor=actor,
            cause=cause, now=now,
        )  # fmt: skip
