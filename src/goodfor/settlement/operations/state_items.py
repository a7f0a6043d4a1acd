"""Take what is not listed yet onto a new statement and book it; a step in its caller's transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Sum

from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement as Sql
from goodfor.kernel.statemachine import record_history
from goodfor.ledger.operations import post
from goodfor.settlement import accounts, queries, states
from goodfor.settlement.events import StatementLocked
from goodfor.settlement.mapping import statement_view
from goodfor.settlement.models import Book, Statement
from goodfor.settlement.schedule import due_on
from goodfor.settlement.types import Party, StatementView

LOCK = Sql("goodfor.settlement", "sql/lock.sql")
#: Statements of a party that were made within less than a day of each other; those of a daily cycle are a day apart.
SAME_DAY = timedelta(hours=20)


def state_items(
    *,
    shop_id: UUID,
    party: Party,
    book: Book,
    cutoff: datetime,
    confirmation: bool,
    actor: str,
    now: datetime,
    replaced: Statement | None = None,
) -> StatementView | None:
    """Make the statement under the locked book; None where there is nothing new. Raises what the ledger refuses."""
    codes = accounts.prepaid(party.kind, party.code) if confirmation else accounts.accrued(party.kind, party.code)
    if not codes:
        raise InvalidInput("a party of this kind has no account")
    rest = [] if confirmation else _rest(shop_id, party)
    statement_id = uuid7()
    taken = LOCK.row(
        {
            "id": statement_id,
            "shop_id": shop_id,
            "accounts": list(codes),
            "number": f"{party.kind}-{party.code}-{book.last_number + 1}",
            "party_id": party.id,
            "party_kind": party.kind,
            "party_code": party.code,
            "party_name": party.name[:120],
            "currency": party.currency,
            "cycle": party.cycle,
            "confirmation": confirmation,
            "version": replaced.version + 1 if replaced else 1,
            "replaces_id": replaced.id if replaced else None,
            "cutoff": cutoff,
            "due_on": due_on(cutoff, party.lag_days),
            "carry": sum(one.payable_minor for one in rest),
            "hold_back_bp": party.hold_back_bp,
            "min_payout": party.min_payout_minor,
            "two_from": _two_from(shop_id, party, now),
            "actor": actor,
            "now": now,
        }
    )
    _go_on(book, cutoff, made=taken is not None)
    if taken is None:
        return None
    reach("settlement.taken")
    row = Statement.objects.get(shop_id=shop_id, id=statement_id)
    for one in rest:
        Statement.objects.filter(shop_id=shop_id, id=one.id, carried_to__isnull=True).update(carried_to=statement_id)
    _book_it(row, rest, now)
    _tell(row, actor, now)
    return statement_view(row)


def _two_from(shop_id: UUID, party: Party, now: datetime) -> int:
    """From what sum two persons approve: less what one person may approve of this party's of the same day.

    Else whoever makes statements by hand, with a cut-off after every few lines, needs nobody for any sum.
    """
    alone = Statement.objects.filter(
        shop_id=shop_id,
        party_id=party.id,
        currency=party.currency,
        approvals_needed=1,
        payable_minor__gt=0,
        made_at__gt=now - SAME_DAY,
    ).exclude(state=states.REJECTED)
    # What was closed is carried on to this one, and counted with it.
    sums = alone.exclude(state=states.CLOSED).aggregate(total=Sum("payable_minor"))
    return max(queries.two_from(shop_id, now) - (sums["total"] or 0), 0)


def _rest(shop_id: UUID, party: Party) -> list[Statement]:
    """Statements whose rest goes on the next one: too small to be paid, or owed by the party."""
    rows = Statement.objects.filter(
        shop_id=shop_id,
        party_id=party.id,
        currency=party.currency,
        state=states.CLOSED,
        carried_to__isnull=True,
        confirmation=False,
    )
    return list(rows.exclude(payable_minor=0).order_by("id"))


def _go_on(book: Book, cutoff: datetime, *, made: bool) -> None:
    upto = max(book.stated_upto, cutoff) if book.stated_upto else cutoff
    book.last_number, book.stated_upto = book.last_number + made, upto
    Book.objects.filter(shop_id=book.shop_id, party_id=book.party_id, currency=book.currency).update(
        last_number=book.last_number, stated_upto=book.stated_upto
    )


def _book_it(row: Statement, rest: list[Statement], now: datetime) -> None:
    if row.confirmation:
        return
    own = accounts.statement(row.party_kind, row.party_code, row.number)
    lines = accounts.lock_lines(
        accounts=row.accounts,
        carried=[(accounts.statement(one.party_kind, one.party_code, one.number), one.payable_minor) for one in rest],
        held=(accounts.deposit(row.party_kind, row.party_code), row.held_minor),
        to=(own, row.payable_minor),
        party_id=row.party_id,
    )
    if not lines:
        return
    entry = accounts.lock_entry(number=row.number, statement_id=row.id, lines=lines, at=now)
    row.tx_id = post(shop_id=row.shop_id, currency=row.currency, entries=[entry], now=now)[0]
    Statement.objects.filter(shop_id=row.shop_id, id=row.id).update(tx_id=row.tx_id)
    reach("settlement.booked")


def _tell(row: Statement, actor: str, now: datetime) -> None:
    record_history(
        shop_id=row.shop_id,
        machine=states.STATEMENT,
        subject_id=row.id,
        moves=[(None, states.DRAFT)],
        actor=actor,
        cause=f"version:{row.version}",
        now=now,
    )
    publish(
        shop_id=row.shop_id,
        event=StatementLocked(
            statement_id=row.id,
            number=row.number,
            party_id=row.party_id,
            payable_minor=row.payable_minor,
            currency=row.currency,
        ),
        cause=("settlement.statement", row.id),
        now=now,
    )
