"""A mall says what became of an order: what was taken is spent for good, or back in its lots, once."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.loyalty.operations.spend_elsewhere import PARTNER, restore_from_elsewhere
from goodfor.loyalty.types import Holder
from goodfor.partners import states
from goodfor.partners.accounts import account_of
from goodfor.partners.locks import lock_account
from goodfor.partners.models import Account, Spend, Supply
from goodfor.partners.operations.steps import move_spend, note_movement
from goodfor.partners.protocol import NoticeCall

_NOTE: Final = Statement("goodfor.partners", "sql/note_notice.sql")


@transaction.atomic(savepoint=False)
def hear_result(*, shop_id: UUID, account_id: UUID, told: NoticeCall, now: datetime) -> str:
    """The state that the number is in now. It alone counts: whoever timed out never heard ours.

    Of a number that we have not seen it is kept, so that units are not taken under it later. What contradicts an end
    that was told before changes nothing and is marked for a person. Raises PartnerNotFound.
    """
    account = lock_account(shop_id, account_id)
    _NOTE.run(
        {
            "id": uuid7(), "shop_id": shop_id, "account_id": account_id, "order_num": told.order_num,
            "success": told.success, "biz_id": told.biz_id, "message": told.message, "now": now,
        }
    )  # fmt: skip
    row = Spend.objects.filter(shop_id=shop_id, account=account, order_num=told.order_num).first()
    return _bar(account, told, now) if row is None else end_spend(account, row, told, cause="notice", now=now)


def end_spend(account: Account, row: Spend, told: NoticeCall, *, cause: str, now: datetime) -> str:
    """The end of a number of a held account, in the caller's transaction; the state after it."""
    if not told.success and is_supplied(row):
        # The member has goods of ours for them: the points stay gone until these come back.
        Spend.objects.filter(shop_id=row.shop_id, id=row.id).update(odd="supplied")
    elif row.state == states.TAKEN:
        odd = "biz_id" if told.biz_id and told.biz_id != row.id.hex else row.odd
        to_state = states.DONE if told.success else states.UNDONE
        if not told.success:
            restore(account, row, now)
        move_spend(row, to_state, actor=PARTNER, cause=cause, now=now, ended_at=now, ask_at=None, odd=odd)
    elif row.state != states.BARRED and told.success != (row.state in (states.DONE, states.ADDED)):
        # A success of what was refused or undone, a failure of what had arrived: a person looks at it.
        Spend.objects.filter(shop_id=row.shop_id, id=row.id).update(odd="contradicted")
    return row.state


def _bar(account: Account, told: NoticeCall, now: datetime) -> str:
    row = Spend.objects.create(
        id=uuid7(), shop_id=account.shop_id, account=account, order_num=told.order_num, state=states.BARRED,
        odd="unasked" if told.success else "", at=now,
    )  # fmt: skip
    moves = [(None, states.ASKED), (states.ASKED, states.BARRED)]
    record_history(
        shop_id=row.shop_id,
        machine=states.SPEND,
        subject_id=row.id,
        moves=moves,
        actor=PARTNER,
        cause="notice",
        now=now,
    )
    return row.state


def is_supplied(row: Spend) -> bool:
    """Whether goods of ours are with the member for it."""
    there = [states.SU_ORDERED, states.SU_DONE]
    return Supply.objects.filter(shop_id=row.shop_id, spend_id=row.id, state__in=there).exists()


def restore(account: Account, row: Spend, now: datetime) -> None:
    """Its units return to their lots, and the mall is owed nothing for them. In the caller's transaction."""
    assert row.owner is not None, "units were taken of somebody"
    restore_from_elsewhere(
        shop_id=row.shop_id, holder=Holder(row.owner), spend_id=row.id, account=account_of(account.role, account.code),
        costs_minor=row.actual_minor, currency=account.currency, now=now,
    )  # fmt: skip
    note_movement(
        account, subject_id=row.id, what=states.UNDONE, order_num=row.order_num, units=-row.units,
        minor=-row.actual_minor, now=now,
    )  # fmt: skip
