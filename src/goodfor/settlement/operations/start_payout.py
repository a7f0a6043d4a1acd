"""Have an approved statement paid by a provider."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.settlement.errors import BankChanged, UnknownWay
from goodfor.settlement.locks import lock_statement
from goodfor.settlement.mapping import payout_view
from goodfor.settlement.operations.approve_statement import fell
from goodfor.settlement.operations.begin_payout import begin_payout, payable_to
from goodfor.settlement.providers.registry import way_named
from goodfor.settlement.types import PayoutView


def start_payout(*, shop_id: UUID, statement_id: UUID, way: str, actor: str, now: datetime) -> PayoutView:
    """Write the payout down and book it; the worker sends it. A statement has one at a time.

    Raises StatementNotFound, StatementMoved, PayoutsFrozen, NoBankDetails, UnknownWay, and BankChanged: the approval
    was for another bank account, and is taken back.
    """
    payout = None
    with transaction.atomic():
        row = lock_statement(shop_id, statement_id)
        chosen = way_named(shop_id, way, row.currency, now)
        if chosen is None:
            raise UnknownWay(way=way[:32])
        party, bank = payable_to(row, now)
        if not fell(row, party, now):
            payout = begin_payout(
                row, bank, way=way, account_id=chosen.account_id, actor=actor, now=now
            )  # fmt: skip
    if payout is None:
        raise BankChanged
    return payout_view(payout)
