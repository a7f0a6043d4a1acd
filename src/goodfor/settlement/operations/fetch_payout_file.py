"""Take a file for the bank once more: whoever does is written down."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.money import Money
from goodfor.settlement import banks, ports, queries, states
from goodfor.settlement.banking import mark_of
from goodfor.settlement.errors import FileChanged, PayoutMoved, PayoutNotFound
from goodfor.settlement.models import Statement
from goodfor.settlement.payout_models import Payout, PayoutFile


def fetch_payout_file(*, shop_id: UUID, file_id: UUID, actor: str, now: datetime) -> bytes:
    """The bytes of a file that was made, the same as then. Raises PayoutNotFound, FileChanged, PayoutMoved.

    Once one of its payouts has ended the file is history: given to the bank again, it would pay again. Bank accounts
    are not kept with payouts, so that the file can be written only while none of them has changed.
    """
    file = PayoutFile.objects.filter(shop_id=shop_id, id=file_id).first()
    if file is None:
        raise PayoutNotFound
    content = banks.format_of(file.bank_format)(queries.policy(shop_id), _transfers(shop_id, file_id))
    if hashlib.sha256(content).digest() != bytes(file.sha256):
        raise FileChanged
    with transaction.atomic():
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="settlement.file_fetched",
            subject=("settlement.file", file.id),
            data={"number": file.number},
            now=now,
        )
    return content


def _transfers(shop_id: UUID, file_id: UUID) -> list[banks.Transfer]:
    # In the order in which the file was made: that of its statements.
    payouts = list(Payout.objects.filter(shop_id=shop_id, file_id=file_id).order_by("statement_id"))
    ids = [one.statement_id for one in payouts]
    numbers = dict(Statement.objects.filter(shop_id=shop_id, id__in=ids).values_list("id", "number"))
    transfers = []
    for payout in payouts:
        if payout.state != states.REQUESTED:
            raise PayoutMoved(state=payout.state)
        bank = ports.parties().bank_of(shop_id, payout.party_id)
        if bank is None or mark_of(bank) != bytes(payout.bank_mark):
            raise FileChanged
        amount = Money(payout.amount_minor, payout.currency)
        transfers.append(banks.Transfer(payout.number, amount, bank, numbers[payout.statement_id]))
    return transfers
