"""What of an order came back is on its card again."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.cards import accounts, states
from goodfor.cards.locks import lock_card
from goodfor.cards.models import Back, Card, Program, Use
from goodfor.cards.operations.steps import move_card
from goodfor.cards.worth import after_return
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry
from goodfor.orders import queries as orders
from goodfor.payments import queries as payments

#: What came back is good for at least so long.
AGAIN_FOR: Final = timedelta(days=30)


@transaction.atomic(savepoint=False)
def give_back(*, shop_id: UUID, order_id: UUID, refund_id: UUID, now: datetime) -> bool:
    """A refund of an order that a card had paid; false where it was no such one, or is on the card already.

    Goods whose whole price came back can be fetched again; a part of it is money to be spent in the shop. Of a revoked
    card nothing is owed any more: it is kept.
    """
    found = Use.objects.filter(shop_id=shop_id, order_id=order_id).values_list("id", "card_id").first()
    if found is None:
        return False
    refund = payments.refund(shop_id, refund_id)
    minor = refund.amount.amount_minor
    card = lock_card(shop_id, found[1])
    if Back.objects.filter(shop_id=shop_id, refund_id=refund_id).exists():
        return False
    use = Use.objects.get(shop_id=shop_id, id=found[0])
    program = Program.objects.get(shop_id=shop_id, id=card.program_id)
    Back.objects.create(refund_id=refund_id, shop_id=shop_id, use=use, minor=minor, at=now)
    _note(use, minor, now)
    basis, rest, worth = after_return(
        card.price_minor, card.basis_minor, card.remaining_minor, minor, goods=program.face != states.VALUE
    )
    order = orders.order_view(shop_id, use.order_id)
    said: dict[str, Any] = {
        "refund_id": refund_id, "use_id": use.id, "program_id": program.id, "order_id": use.order_id, "minor": minor,
        "worth_minor": worth, "now": now,
    }  # fmt: skip
    entry: Entry | None
    if card.state == states.REVOKED:
        entry = accounts.late_entry(**said)
    else:
        entry = accounts.back_entry(**said, lines=order.lines, channel=order.channel)
        card.basis_minor, card.remaining_minor = basis, rest
        _good_again(card, refund_id, now)
    if entry is not None:
        ledger.post(shop_id=shop_id, currency=program.currency, entries=(entry,), now=now)
    return True


def _note(use: Use, minor: int, now: datetime) -> None:
    use.back_minor += minor
    if use.back_minor == use.minor:
        use.state = states.REVERSED
        record_history(
            shop_id=use.shop_id, machine=states.USE, subject_id=use.id, moves=[(states.PAID, states.REVERSED)],
            actor="system", cause="refund", now=now,
        )  # fmt: skip
    use.save(update_fields=["back_minor", "state"])


def _good_again(card: Card, refund_id: UUID, now: datetime) -> None:
    if card.expires_at is not None:
        card.expires_at = max(card.expires_at, now + AGAIN_FOR)
    move_card(card, states.ACTIVE, actor="system", cause=f"refund:{refund_id}", now=now)
