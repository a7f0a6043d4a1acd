"""Write down what a channel said about a message: one transaction, a decision for every outcome."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.notify import states
from goodfor.notify.locks import lock_message
from goodfor.notify.models import Message
from goodfor.notify.operations.drop_push import drop_push
from goodfor.notify.operations.move_message import move_message
from goodfor.notify.providers.base import FOR_NOW, GONE, NOT_FOUND, NOT_SENT, UNSUPPORTED
from goodfor.notify.schedule import REPEAT_AFTER, next_ask, next_try


@transaction.atomic(savepoint=False)
def settle_sent(*, shop_id: UUID, message_id: UUID, outcome: Outcome, can_ask: bool, now: datetime) -> str:
    """After a `send`; returns the state it is in. Harmless when it was moved meanwhile. Raises MessageNotFound."""
    row = lock_message(shop_id, message_id)
    if row.state != states.SENDING:
        return row.state
    match outcome:
        case Succeeded(ref=ref) | Pending(ref=ref):
            _sent(row, ref, now)
        case Rejected(code=code) if code in FOR_NOW:
            _again(row, code, now)
        case Rejected(code=code):
            if code == GONE:
                drop_push(shop_id=shop_id, row=row)
            move_message(row=row, to_state=states.FAILED, cause=code, failure=code[:64], now=now)
        case Unknown(reason=reason) if reason == NOT_SENT:
            _again(row, "unreachable", now)
        case Unknown(reason=reason):
            ask_at = next_ask(asks=0, now=now) if can_ask else now + REPEAT_AFTER
            move_message(
                row=row, to_state=states.UNKNOWN, cause=reason, failure=reason[:64], next_try_at=ask_at, now=now
            )
    return row.state


@transaction.atomic(savepoint=False)
def settle_unknown(*, shop_id: UUID, message_id: UUID, told: Outcome, now: datetime) -> str:
    """After an `ask` about a message of unknown outcome; returns the state it is in. Raises MessageNotFound.

    What nobody can say is asked again a few times, then repeated where it is harmless and given up where it is not.
    """
    row = lock_message(shop_id, message_id)
    if row.state != states.UNKNOWN:
        return row.state
    asks = row.asks + 1
    match told:
        case Succeeded(ref=ref) | Pending(ref=ref):
            # Pending: the channel has it, and does not know yet whether the phone does.
            _sent(row, ref or row.provider_ref, now)
        case Rejected(code=code) if code not in FOR_NOW | {NOT_FOUND, UNSUPPORTED}:
            move_message(row=row, to_state=states.FAILED, cause=code, failure=code[:64], now=now)
        case _:
            unable = isinstance(told, Rejected) and told.code == UNSUPPORTED
            ask_at = None if unable else next_ask(asks=asks, now=now)
            if ask_at is not None:
                Message.objects.filter(shop_id=shop_id, id=row.id, state=row.state).update(
                    asks=asks, next_try_at=ask_at
                )
            else:
                _nobody_knows(row, asks, now)
    return row.state


def _sent(row: Message, ref: str, now: datetime) -> None:
    move_message(
        row=row, to_state=states.SENT, cause=ref or "sent", provider_ref=ref[:128], failure="", sent_at=now, now=now
    )


def _again(row: Message, code: str, now: datetime) -> None:
    at = next_try(attempts=row.attempts, now=now, urgent=row.secret)
    if at is None:
        move_message(row=row, to_state=states.FAILED, cause=code, failure=code[:64], now=now)
    else:
        move_message(row=row, to_state=states.QUEUED, cause=code, failure=code[:64], next_try_at=at, now=now)


def _nobody_knows(row: Message, asks: int, now: datetime) -> None:
    if row.secret:
        move_message(row=row, to_state=states.LOST, cause="never_twice", asks=asks, now=now)
    elif row.expires_at <= now:
        move_message(row=row, to_state=states.EXPIRED, cause="expired", asks=asks, now=now)
    elif next_try(attempts=row.attempts, now=now, urgent=False) is None:
        move_message(row=row, to_state=states.LOST, cause="tried_enough", asks=asks, now=now)
    else:
        # Harmless twice; the number of its own is the same, so a mail program or a vendor that knows it shows it once.
        move_message(row=row, to_state=states.QUEUED, cause="repeat", asks=0, next_try_at=now, now=now)
