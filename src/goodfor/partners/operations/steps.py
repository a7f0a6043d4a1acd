"""Small steps that operations on partners share; each runs in its caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.loyalty.operations.spend_elsewhere import PARTNER
from goodfor.partners import states
from goodfor.partners.locks import lock_words
from goodfor.partners.models import Account, Exchange, Movement, Spend, Supply, Word


def move_spend(row: Spend, to_state: str, *, actor: str, cause: str, now: datetime, **more: Any) -> None:
    """A held number's next state, with what else of it changes, and its history. Raises IllegalTransition."""
    was = row.state
    record_history(
        shop_id=row.shop_id, machine=states.SPEND, subject_id=row.id, moves=[(was, to_state)], actor=actor, cause=cause,
        now=now,
    )  # fmt: skip
    row.state = to_state
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *more])


def move_supply(row: Supply, to_state: str, *, cause: str, now: datetime, **more: Any) -> None:
    """A held supply's next state, with what else of it changes, and its history. Raises IllegalTransition."""
    record_history(
        shop_id=row.shop_id, machine=states.SUPPLY, subject_id=row.id, moves=[(row.state, to_state)], actor=PARTNER,
        cause=cause, now=now,
    )  # fmt: skip
    row.state = to_state
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *more])


def move_exchange(row: Exchange, to_state: str, *, cause: str, now: datetime, **more: Any) -> None:
    """A held exchange's next state, with what else of it changes, and its history. Raises IllegalTransition."""
    record_history(
        shop_id=row.shop_id, machine=states.EXCHANGE, subject_id=row.id, moves=[(row.state, to_state)], actor="system",
        cause=cause, now=now,
    )  # fmt: skip
    row.state = to_state
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *more])


def owe_word(row: Exchange, *, success: bool, now: datetime) -> None:
    """The partner is to be told; of a failure after a success that it has not heard, only of the failure."""
    if not success:
        for other in lock_words(row.shop_id, row.id):
            if other.success and other.state in (states.DUE, states.GIVEN_UP):
                move_word(other, states.DROPPED, actor="system", cause="failed", now=now)
    word = Word.objects.create(
        id=uuid7(), shop_id=row.shop_id, account_id=row.account_id, exchange_id=row.id, success=success, next_at=now,
        made_at=now,
    )  # fmt: skip
    record_history(
        shop_id=row.shop_id, machine=states.WORD, subject_id=word.id, moves=[(None, states.DUE)], actor="system",
        cause=f"exchange:{row.state}", now=now,
    )  # fmt: skip


def move_word(row: Word, to_state: str, *, actor: str, cause: str, now: datetime, **more: Any) -> None:
    """A held word's next state and its history. Raises IllegalTransition."""
    record_history(
        shop_id=row.shop_id, machine=states.WORD, subject_id=row.id, moves=[(row.state, to_state)], actor=actor,
        cause=cause, now=now,
    )  # fmt: skip
    more = {"next_at": None, **more}
    row.state = to_state
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *more])


def note_movement(
    account: Account, *, subject_id: UUID, what: str, order_num: str, units: int, minor: int, now: datetime,
    cause_id: UUID | None = None,
) -> None:  # fmt: skip
    """A line of the month's settlement; of one subject and cause there is one."""
    Movement.objects.create(
        shop_id=account.shop_id, account=account, subject_id=subject_id, what=what, cause_id=cause_id or subject_id,
        order_num=order_num, units=units, minor=minor, at=now,
    )  # fmt: skip
