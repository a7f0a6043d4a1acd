"""Give a party back what was held of its statements."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries as ledger
from goodfor.ledger.operations import post
from goodfor.settlement import accounts, ports
from goodfor.settlement.errors import HoldBackTooSmall
from goodfor.settlement.operations.make_statement import open_book


def release_hold_back(
    *, shop_id: UUID, party_id: UUID, amount_minor: int, release_id: UUID, reason: str, actor: str, now: datetime
) -> int:
    """It is owed again, and comes with the next statement. `release_id` comes with the form: the same again is done.

    Returns what is still held. Raises PartyNotFound, InvalidInput, HoldBackTooSmall.
    """
    if amount_minor <= 0 or not reason.strip():
        raise InvalidInput("an amount and a reason")
    party = ports.party_of(shop_id, party_id)
    held_on = accounts.deposit(party.kind, party.code)
    entry = accounts.release_entry(
        release_id=release_id,
        held_on=held_on,
        account=accounts.accrued(party.kind, party.code)[0],
        amount_minor=amount_minor,
        party_id=party.id,
        at=now,
    )
    with transaction.atomic():
        # Under the book's lock: what is held is looked at and given back by one at a time.
        open_book(shop_id, party)
        if ledger.transactions_named(shop_id, [entry.reference]):
            return ledger.balance(shop_id, held_on, party.currency)
        if ledger.balance(shop_id, held_on, party.currency) < amount_minor:
            raise HoldBackTooSmall
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="settlement.hold_back_released",
            subject=("settlement.release", release_id),
            data={"party": str(party.id), "amount_minor": amount_minor, "reason": reason.strip()[:200]},
            now=now,
        )
        post(shop_id=shop_id, currency=party.currency, entries=[entry], now=now, actor=actor)
        return ledger.balance(shop_id, held_on, party.currency)
