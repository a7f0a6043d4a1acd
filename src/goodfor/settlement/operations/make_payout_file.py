"""A file for the bank that pays approved statements."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.settlement import banks, queries
from goodfor.settlement.errors import BankChanged
from goodfor.settlement.locks import lock_statements
from goodfor.settlement.mapping import file_view
from goodfor.settlement.models import Statement
from goodfor.settlement.operations.approve_statement import fell
from goodfor.settlement.operations.begin_payout import begin_payout, payable_to
from goodfor.settlement.payout_models import PayoutFile
from goodfor.settlement.schedule import BEIJING
from goodfor.settlement.types import BY_FILE, BankDetails, PayoutFileView

MOST = 1_000


def make_payout_file(
    *, shop_id: UUID, statement_ids: Sequence[UUID], bank_format: str, actor: str, now: datetime
) -> tuple[PayoutFileView, bytes]:
    """The file and its bytes; `fetch_payout_file` gives the same again. All of the statements or none.

    Raises UnknownWay, InvalidInput (none, too many, several currencies), StatementNotFound, StatementMoved,
    PayoutsFrozen, NoBankDetails, BankDetailsUnfit, and BankChanged: approvals for another bank account are taken back.
    """
    write = banks.format_of(bank_format)
    if not 0 < len(set(statement_ids)) <= MOST:
        raise InvalidInput("choose statements", limit=MOST)
    changed: list[str] = []
    with transaction.atomic():
        pairs: list[tuple[Statement, BankDetails]] = []
        for row in lock_statements(shop_id, statement_ids):
            party, bank = payable_to(row, now)
            pairs.append((row, bank))
            if fell(row, party, now):
                changed.append(row.number)
        if not changed:
            made = _make(shop_id, pairs, bank_format, write, actor, now)
    if changed:
        raise BankChanged(numbers=changed)
    return made


def _make(
    shop_id: UUID,
    pairs: list[tuple[Statement, BankDetails]],
    bank_format: str,
    write: banks.Write,
    actor: str,
    now: datetime,
) -> tuple[PayoutFileView, bytes]:
    currency = pairs[0][0].currency
    if any(row.currency != currency for row, _bank in pairs):
        raise InvalidInput("one file, one currency")
    file_id = uuid7()
    transfers = []
    for row, bank in pairs:
        payout = begin_payout(row, bank, way=BY_FILE, actor=actor, now=now, file_id=file_id)
        transfers.append(banks.Transfer(payout.number, Money(payout.amount_minor, currency), bank, row.number))
    content = write(queries.policy(shop_id), transfers)
    file = PayoutFile.objects.create(
        id=file_id,
        shop_id=shop_id,
        number=f"F{now.astimezone(BEIJING):%Y%m%d}-{file_id.hex[-8:]}",
        bank_format=bank_format,
        count=len(transfers),
        total_minor=sum(one.amount.amount_minor for one in transfers),
        currency=currency,
        sha256=hashlib.sha256(content).digest(),
        made_at=now,
        made_by=actor,
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="settlement.file_made",
        subject=("settlement.file", file.id),
        data={"number": file.number, "count": file.count, "total_minor": file.total_minor, "format": bank_format},
        now=now,
    )
    return file_view(file), content
