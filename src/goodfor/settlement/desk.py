"""Reads for the pages of the staff: cycles of parties, statements that are looked for, how one came to be, payouts."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Min, QuerySet, Sum

from goodfor.kernel.sql import Statement as Sql
from goodfor.kernel.sql import Tally
from goodfor.ledger import queries as ledger
from goodfor.settlement import accounts, banks, papers, ports, schedule, states
from goodfor.settlement.errors import PayoutNotFound
from goodfor.settlement.mapping import file_view, payout_view, statement_view
from goodfor.settlement.models import Book, Item, Statement
from goodfor.settlement.payout_models import Payout, PayoutFile
from goodfor.settlement.types import (
    CycleView,
    MoveView,
    Owed,
    Party,
    PayoutFileView,
    PayoutView,
    StatementSearch,
    StatementView,
)

_HISTORY: Final = Sql(__package__, "sql/history.sql")
#: How much of a shop waits for a person: statements to approve, payouts whose end nobody knows.
waiting: Final = Tally(__package__, "sql/waiting.sql")
_OPEN: Final = (states.DRAFT, states.CONFIRMED, states.APPROVED, states.PAYING)
#: Pages show so many at most.
MOST: Final = 200
CHUNK: Final = 500


def bank_formats() -> tuple[str, ...]:
    """Forms of files that banks take."""
    return tuple(sorted(banks.FORMATS))


def paper_kinds() -> tuple[str, ...]:
    """What a statement can be written as."""
    return tuple(papers.KINDS)


def cycles(shop_id: UUID, now: datetime) -> list[CycleView]:
    """How every party of a shop stands, in the order in which finance tells them."""
    return _cycles(shop_id, ports.parties().parties_of(shop_id), now)


def cycle(shop_id: UUID, party_id: UUID, now: datetime) -> CycleView:
    """How one party stands. Raises PartyNotFound."""
    return _cycles(shop_id, [ports.party_of(shop_id, party_id)], now)[0]


def _cycles(shop_id: UUID, parties: Sequence[Party], now: datetime) -> list[CycleView]:
    codes = [code for one in parties for code in accounts.accrued(one.kind, one.code)]
    free = Item.objects.filter(shop_id=shop_id, statement_id__isnull=True, account__in=codes)
    sums = {
        (code, currency): (count, amount, first)
        for code, currency, count, amount, first in free.order_by()
        .values_list("account", "currency")
        .annotate(Count("tx_id"), Sum("amount_minor"), Min("effective_at"))
    }
    books = {(row.party_id, row.currency): row.stated_upto for row in Book.objects.filter(shop_id=shop_id)}
    running = Statement.objects.filter(shop_id=shop_id, state__in=_OPEN, party_id__in=[one.id for one in parties])
    ongoing = {
        party_id: (count, amount)
        for party_id, count, amount in running.order_by()
        .values_list("party_id")
        .annotate(Count("id"), Sum("payable_minor"))
    }
    held = {(one.code, one.currency): one.posted_minor for one in ledger.balances(shop_id, "2206:party:")}
    return [
        CycleView(
            party=one,
            owed=_owed(one, sums),
            held_minor=held.get((accounts.deposit(one.kind, one.code), one.currency), 0),
            stated_upto=books.get((one.id, one.currency)),
            next_cutoff=schedule.upcoming(one.cycle, one.cycle_day, now),
            open_count=ongoing.get(one.id, (0, 0))[0],
            open_minor=ongoing.get(one.id, (0, 0))[1],
        )
        for one in parties
    ]


def _owed(party: Party, sums: dict[tuple[str, str], tuple[int, int, datetime]]) -> Owed:
    mine = [
        found
        for code in accounts.accrued(party.kind, party.code)
        if (found := sums.get((code, party.currency))) is not None
    ]
    return Owed(
        sum(one[0] for one in mine), int(sum(one[1] for one in mine)), min((one[2] for one in mine), default=None)
    )


def _found(shop_id: UUID, search: StatementSearch, *, in_states: bool = True) -> QuerySet[Statement]:
    rows = Statement.objects.filter(shop_id=shop_id)
    if search.number is not None:
        return rows.filter(number=search.number)
    if in_states and search.states:
        rows = rows.filter(state__in=search.states)
    if search.party_id is not None:
        rows = rows.filter(party_id=search.party_id)
    if search.since is not None:
        rows = rows.filter(cutoff__gte=search.since)
    if search.until is not None:
        rows = rows.filter(cutoff__lt=search.until)
    return rows


def search_statements(
    shop_id: UUID, search: StatementSearch, *, offset: int = 0, limit: int = 50
) -> list[StatementView]:  # fmt: skip
    """Statements, newest first, without their approvals."""
    rows = _found(shop_id, search).order_by("-id")
    return [statement_view(row) for row in rows[offset : offset + limit]]


def count_statements(shop_id: UUID, search: StatementSearch) -> dict[str, int]:
    """How many in each state, whatever state is asked for."""
    rows = _found(shop_id, search, in_states=False).order_by().values_list("state").annotate(Count("id"))
    return {**dict.fromkeys(states.STATEMENT.states, 0), **dict(rows)}


def walk_statements(shop_id: UUID, search: StatementSearch) -> Iterator[list[StatementView]]:
    """All of them, some hundred at a time."""
    offset = 0
    while page := search_statements(shop_id, search, offset=offset, limit=CHUNK):
        yield page
        offset += CHUNK


def statements_by_ids(shop_id: UUID, ids: Sequence[UUID]) -> list[StatementView]:
    """These, without those of other shops."""
    rows = Statement.objects.filter(shop_id=shop_id, id__in=list(ids)).order_by("-id")
    return [statement_view(row) for row in rows]


def payable(shop_id: UUID) -> list[StatementView]:
    """Approved statements that wait to be paid, those due first; at most 200."""
    rows = Statement.objects.filter(shop_id=shop_id, state=states.APPROVED).order_by("due_on", "id")
    return [statement_view(row) for row in rows[:MOST]]


def successor(shop_id: UUID, statement_id: UUID) -> StatementView | None:
    """The version that took the place of a rejected statement, if there is one."""
    row = Statement.objects.filter(shop_id=shop_id, replaces_id=statement_id).first()
    return None if row is None else statement_view(row)


def history(shop_id: UUID, statement_id: UUID) -> list[MoveView]:
    """How a statement and its payouts moved, oldest first."""
    numbers = dict(Payout.objects.filter(shop_id=shop_id, statement_id=statement_id).values_list("id", "number"))
    rows = _HISTORY.rows({"shop_id": shop_id, "ids": [statement_id, *numbers]})
    return [
        MoveView(numbers.get(subject, ""), before or "", after, actor, cause, at)
        for subject, before, after, actor, cause, at in rows
    ]


def payouts_of_shop(shop_id: UUID, *, in_states: Sequence[str] = (), limit: int = 50) -> list[PayoutView]:
    """Payouts, newest first."""
    rows = Payout.objects.filter(shop_id=shop_id)
    if in_states:
        rows = rows.filter(state__in=in_states)
    return [payout_view(row) for row in rows.order_by("-id")[: min(limit, MOST)]]


def payout_file(shop_id: UUID, file_id: UUID) -> PayoutFileView:
    """One file for the bank. Raises PayoutNotFound."""
    row = PayoutFile.objects.filter(shop_id=shop_id, id=file_id).first()
    if row is None:
        raise PayoutNotFound
    return file_view(row)


def payouts_of_file(shop_id: UUID, file_id: UUID) -> list[PayoutView]:
    """What a file for the bank pays, in its order."""
    rows = Payout.objects.filter(shop_id=shop_id, file_id=file_id).order_by("statement_id")
    return [payout_view(row) for row in rows]
