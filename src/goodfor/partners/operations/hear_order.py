"""What becomes of an exchange's order: delivered, or back, all of it or a part."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.ledger import operations as ledger
from goodfor.partners import accounts, states
from goodfor.partners.locks import lock_exchange
from goodfor.partners.models import Account, Exchange, Movement
from goodfor.partners.operations.steps import move_exchange, note_movement, owe_word
from goodfor.payments import queries as payments


def exchange_of(shop_id: UUID, order_id: UUID) -> UUID | None:
    """Which exchange became this order; None: it is nobody's of a partner's."""
    return Exchange.objects.filter(shop_id=shop_id, order_id=order_id).values_list("id", flat=True).first()


@transaction.atomic(savepoint=False)
def order_delivered(*, shop_id: UUID, order_id: UUID, now: datetime) -> bool:
    """The partner is told of the success. Again it changes nothing."""
    found = exchange_of(shop_id, order_id)
    row = lock_exchange(shop_id, found) if found else None
    if row is None or row.state != states.EX_ORDERED:
        return False
    move_exchange(row, states.EX_DONE, cause="delivered", now=now)
    owe_word(row, success=True, now=now)
    return True


@transaction.atomic(savepoint=False)
def order_back(*, shop_id: UUID, order_id: UUID, refund_id: UUID, now: datetime) -> bool:
    """The partner owes as much less; of all of it, it is told that its person's points are to return. Once a refund."""
    found = exchange_of(shop_id, order_id)
    row = lock_exchange(shop_id, found) if found else None
    if row is None or row.price_minor is None:
        return False
    refund = payments.refund(shop_id, refund_id)
    noted = Movement.objects.filter(shop_id=shop_id, subject_id=row.id, what=states.EX_BACK, cause_id=refund_id)
    if refund.ledger_account != accounts.REDEEMED or noted.exists():
        return False
    account, minor = Account.objects.get(shop_id=shop_id, id=row.account_id), refund.amount.amount_minor
    back = row.back_minor + minor
    back_worth = row.worth_minor * back // row.price_minor
    worth, whole = back_worth - row.back_worth_minor, back == row.price_minor
    entry = accounts.back_entry(
        refund_id=refund_id, exchange_id=row.id, code=account.code, worth_minor=worth, minor=minor, order_id=order_id,
        now=now,
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=account.currency, entries=(entry,), now=now)
    note_movement(
        account, subject_id=row.id, what=states.EX_BACK, cause_id=refund_id, order_num=row.order_num,
        units=-row.units if whole else 0, minor=-worth, now=now,
    )  # fmt: skip
    row.back_minor, row.back_worth_minor = back, back_worth
    row.save(update_fields=["back_minor", "back_worth_minor"])
    if whole:
        move_exchange(row, states.EX_BACK, cause=f"refund:{refund_id}", now=now, why="refunded")
        owe_word(row, success=False, now=now)
    return True
