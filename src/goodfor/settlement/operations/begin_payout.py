"""Set a statement to be paid: its payout and what that books; a step in its caller's transaction."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel import audit
from goodfor.kernel.statemachine import record_history
from goodfor.ledger.operations import post
from goodfor.settlement import accounts, ports, states
from goodfor.settlement.banking import mark_of, tail_of
from goodfor.settlement.errors import NoBankDetails, PayoutsFrozen, StatementMoved
from goodfor.settlement.models import Statement
from goodfor.settlement.operations.moving import move
from goodfor.settlement.payout_models import Payout
from goodfor.settlement.types import BY_FILE, BankDetails, Party


def payable_to(row: Statement, now: datetime) -> tuple[Party, BankDetails]:
    """Whom and where an approved statement is paid. Raises StatementMoved, PayoutsFrozen, NoBankDetails, PartyNotFound.

    The bank account is read first: where it is changed in this moment, the party read after it tells so (`fell`), and
    no other account than the one that was approved is ever written into a file.
    """
    if row.state != states.APPROVED:
        raise StatementMoved(state=row.state)
    bank = ports.parties().bank_of(row.shop_id, row.party_id)
    party = ports.party_of(row.shop_id, row.party_id)
    if party.frozen_until is not None and now < party.frozen_until:
        raise PayoutsFrozen(until=party.frozen_until.isoformat())
    if bank is None:
        raise NoBankDetails
    return party, bank


def begin_payout(
    row: Statement,
    bank: BankDetails,
    *,
    way: str,
    actor: str,
    now: datetime,
    file_id: UUID | None = None,
    account_id: UUID | None = None,
) -> Payout:
    """Move the locked statement to `paying`, book what leaves it, and write the payout down.

    A payout in a file is with the bank at once; a provider's waits for the worker.
    """
    move(row, states.PAYING, actor=actor, cause=f"way:{way}", now=now)
    tries = Payout.objects.filter(shop_id=row.shop_id, statement_id=row.id).count()
    payout = Payout.objects.create(
        shop_id=row.shop_id,
        number=f"{row.number}.{tries + 1}",
        statement_id=row.id,
        party_id=row.party_id,
        amount_minor=row.payable_minor,
        currency=row.currency,
        way=way,
        file_id=file_id,
        account_id=account_id,
        bank_mark=mark_of(bank),
        bank_tail=tail_of(bank),
        state=states.CREATED,
        next_try_at=None if way == BY_FILE else now,
        started_at=now,
        started_by=actor,
    )
    moves: list[tuple[str | None, str]] = [(None, states.CREATED)]
    if way == BY_FILE:
        Payout.objects.filter(shop_id=row.shop_id, id=payout.id).update(state=states.REQUESTED, attempts=1)
        payout.state, payout.attempts = states.REQUESTED, 1
        moves.append((states.CREATED, states.REQUESTED))
    record_history(
        shop_id=row.shop_id, machine=states.PAYOUT, subject_id=payout.id, moves=moves, actor=actor,
        cause=f"statement:{row.number}", now=now,
    )  # fmt: skip
    audit.record(
        shop_id=row.shop_id,
        actor=actor,
        action="settlement.payout_started",
        subject=("settlement.payout", payout.id),
        data={"number": payout.number, "amount_minor": payout.amount_minor, "way": way, "tail": payout.bank_tail},
        now=now,
    )
    entry = accounts.payout_entry(
        number=payout.number,
        payout_id=payout.id,
        account=accounts.statement(row.party_kind, row.party_code, row.number),
        amount_minor=payout.amount_minor,
        party_id=row.party_id,
        at=now,
    )
    post(shop_id=row.shop_id, currency=row.currency, entries=[entry], now=now)
    return payout
