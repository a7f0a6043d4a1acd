"""Make a statement by hand, or the next version of one that was rejected."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.settlement import ports, states
from goodfor.settlement.errors import NothingToState, StatementMoved
from goodfor.settlement.locks import lock_book, lock_statement
from goodfor.settlement.models import Book, Statement
from goodfor.settlement.operations.collect import collect
from goodfor.settlement.operations.state_items import state_items
from goodfor.settlement.types import PREPAID, SUPPLIER, Party, StatementView


def make_statement(
    *, shop_id: UUID, party_id: UUID, cutoff: datetime, actor: str, now: datetime, confirmation: bool | None = None
) -> StatementView:
    """State what the party is owed up to a moment, at most now.

    `confirmation`: list how the balance paid ahead moved, to be confirmed and not paid; as the cycle says by default.
    Raises PartyNotFound, NothingToState, InvalidInput. Of two at once one makes it, the other finds nothing.
    """
    if cutoff > now:
        raise InvalidInput("the cut-off is not over")
    party = ports.party_of(shop_id, party_id)
    listed = is_listed(party) if confirmation is None else confirmation
    return _made(shop_id, party, cutoff, listed, None, actor, now)


def remake_statement(*, shop_id: UUID, statement_id: UUID, actor: str, now: datetime) -> StatementView:
    """The next version of a rejected statement: its items, as far as they are free, and what came since.

    Raises StatementNotFound, StatementMoved (not rejected, or made anew before), NothingToState.
    """
    old = Statement.objects.filter(shop_id=shop_id, id=statement_id).first()
    if old is None or old.state != states.REJECTED:
        raise StatementMoved(state=old.state if old else "")
    return _made(shop_id, ports.party_of(shop_id, old.party_id), old.cutoff, old.confirmation, old, actor, now)


def is_listed(party: Party) -> bool:
    """It is paid ahead, so that its statements are to be confirmed and not paid: only suppliers are."""
    return party.cycle == PREPAID and party.kind == SUPPLIER


def open_book(shop_id: UUID, party: Party) -> Book:
    """The party's book, locked for the rest of the transaction; made where there is none."""
    Book.objects.bulk_create([Book(shop_id=shop_id, party_id=party.id, currency=party.currency)], ignore_conflicts=True)
    return lock_book(shop_id, party.id, party.currency)


def _made(
    shop_id: UUID,
    party: Party,
    cutoff: datetime,
    confirmation: bool,
    replaced: Statement | None,
    actor: str,
    now: datetime,
) -> StatementView:
    collect(shop_id=shop_id, now=now)
    with transaction.atomic():
        book = open_book(shop_id, party)
        if replaced is not None:
            replaced = lock_statement(shop_id, replaced.id)
            if Statement.objects.filter(shop_id=shop_id, replaces_id=replaced.id).exists():
                raise StatementMoved(state=replaced.state)
        made = state_items(
            shop_id=shop_id,
            party=party,
            book=book,
            cutoff=cutoff,
            confirmation=confirmation,
            actor=actor,
            now=now,
            replaced=replaced,
        )
        if made is None:
            raise NothingToState
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="settlement.statement_made",
            subject=("settlement.statement", made.id),
            data={"number": made.number, "payable_minor": made.payable_minor, "version": made.version},
            now=now,
        )
    return made
