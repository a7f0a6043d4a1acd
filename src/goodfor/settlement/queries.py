"""Reads of settlement: statements and their items, what is owed, payouts, files for the bank, a party's own view.

What a party may see is asked with its `party_id`, which a link gives (`open_link`): of another party nothing is found.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO
from uuid import UUID

from goodfor.kernel.sql import Statement as Sql
from goodfor.settlement import accounts, links, mapping, papers, ports
from goodfor.settlement.desk import bank_formats as bank_formats
from goodfor.settlement.desk import count_statements as count_statements
from goodfor.settlement.desk import cycle as cycle
from goodfor.settlement.desk import cycles as cycles
from goodfor.settlement.desk import history as history
from goodfor.settlement.desk import paper_kinds as paper_kinds
from goodfor.settlement.desk import payable as payable
from goodfor.settlement.desk import payout_file as payout_file
from goodfor.settlement.desk import payouts_of_file as payouts_of_file
from goodfor.settlement.desk import payouts_of_shop as payouts_of_shop
from goodfor.settlement.desk import search_statements as search_statements
from goodfor.settlement.desk import statements_by_ids as statements_by_ids
from goodfor.settlement.desk import successor as successor
from goodfor.settlement.desk import waiting as waiting
from goodfor.settlement.desk import walk_statements as walk_statements
from goodfor.settlement.errors import PayoutNotFound, StatementNotFound
from goodfor.settlement.mapping import file_view, payout_view, policy_view, statement_view
from goodfor.settlement.models import Approval, Link, Policy, Statement
from goodfor.settlement.papers import content
from goodfor.settlement.payout_models import Payout, PayoutFile
from goodfor.settlement.providers import registry
from goodfor.settlement.types import (
    ItemView,
    LinkView,
    Owed,
    Party,
    PayoutFileView,
    PayoutView,
    PolicyView,
    StatementView,
)

ITEMS = Sql(__package__, "sql/items.sql")
OWED = Sql(__package__, "sql/owed.sql")
PAGE = 500
#: Items are written into files so many at a time.
CHUNK = 5_000


def statement(shop_id: UUID, statement_id: UUID, *, party_id: UUID | None = None) -> StatementView:
    """One statement; with `party_id` only one of that party. Raises StatementNotFound."""
    rows = Statement.objects.filter(shop_id=shop_id, id=statement_id)
    if party_id is not None:
        rows = rows.filter(party_id=party_id)
    row = rows.first()
    if row is None:
        raise StatementNotFound
    return statement_view(row, approvals(row))


def approvals(row: Statement) -> list[str]:
    """Who approved a statement in its present round, first to last."""
    found = Approval.objects.filter(shop_id=row.shop_id, statement_id=row.id, round=row.round)
    return list(found.order_by("at", "actor").values_list("actor", flat=True))


def statements(
    shop_id: UUID,
    *,
    party_id: UUID | None = None,
    states: Sequence[str] = (),
    before: UUID | None = None,
    limit: int = 50,
) -> list[StatementView]:
    """Statements, newest first, without their approvals; `before`: the last id of the page before."""
    rows = Statement.objects.filter(shop_id=shop_id)
    if party_id is not None:
        rows = rows.filter(party_id=party_id)
    if states:
        rows = rows.filter(state__in=states)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [statement_view(row) for row in rows.order_by("-id")[: min(limit, PAGE)]]


def bank_stamp(party: Party) -> str:
    """Tells one state of a party's bank account from another, without a word of it."""
    return party.bank_changed_at.isoformat() if party.bank_changed_at else ""


def items(shop_id: UUID, statement_id: UUID, *, after: tuple[int, int] = (0, -1), limit: int = PAGE) -> list[ItemView]:
    """A page of a statement's items in the order of the books; `after`: (tx_id, seq) of the last of the page before."""
    params = {"shop_id": shop_id, "statement_id": statement_id, "tx_id": after[0], "seq": after[1], "limit": limit}
    return [ItemView(*row) for row in ITEMS.rows(params)]


def all_items(shop_id: UUID, statement_id: UUID) -> Iterator[ItemView]:
    """Every item of a statement, read in chunks, however many."""
    after = (0, -1)
    while page := items(shop_id, statement_id, after=after, limit=CHUNK):
        yield from page
        after = (page[-1].tx_id, page[-1].seq)


def statement_file(
    shop_id: UUID, statement_id: UUID, kind: str, out: IO[bytes], *, party_id: UUID | None = None
) -> int:
    """Write a statement with all its items as `xlsx`, `csv` or `pdf`, in the language set; how many items.

    Raises StatementNotFound, UnknownWay.
    """
    view = statement(shop_id, statement_id, party_id=party_id)
    return papers.write(kind, view, all_items(shop_id, statement_id), out)


def owed(party: Party, shop_id: UUID) -> Owed:
    """What no statement lists yet, in the party's currency, as far as the books were read."""
    codes = list(accounts.accrued(party.kind, party.code))
    row = OWED.row({"shop_id": shop_id, "accounts": codes, "currency": party.currency})
    assert row is not None
    return Owed(*row)


def payouts(shop_id: UUID, statement_id: UUID) -> list[PayoutView]:
    """The tries to pay a statement, first to last."""
    rows = Payout.objects.filter(shop_id=shop_id, statement_id=statement_id).order_by("id")
    return [payout_view(row) for row in rows]


def payout(shop_id: UUID, payout_id: UUID) -> PayoutView:
    """One of them. Raises PayoutNotFound."""
    row = Payout.objects.filter(shop_id=shop_id, id=payout_id).first()
    if row is None:
        raise PayoutNotFound
    return payout_view(row)


def payout_files(shop_id: UUID, *, limit: int = 50) -> list[PayoutFileView]:
    """Files for the bank, newest first."""
    return [file_view(row) for row in PayoutFile.objects.filter(shop_id=shop_id).order_by("-id")[: min(limit, PAGE)]]


def policy(shop_id: UUID) -> PolicyView:
    """How a shop settles."""
    return policy_view(Policy.objects.filter(shop_id=shop_id).first())


def two_from(shop_id: UUID, now: datetime) -> int:
    """From what sum two persons approve now: a raised limit is in force a day after it was raised."""
    return mapping.two_from(Policy.objects.filter(shop_id=shop_id).first(), now)


def open_link(token: str, now: datetime) -> LinkView:
    """Whose statements a signed address shows. Raises LinkInvalid."""
    return links.opened(token, now)


def links_of(shop_id: UUID, party_id: UUID, now: datetime) -> list[LinkView]:
    """A party's links that still open something, newest first."""
    rows = Link.objects.filter(shop_id=shop_id, party_id=party_id, revoked_at__isnull=True, expires_at__gt=now)
    return [LinkView(row.id, row.shop_id, row.party_id, row.expires_at) for row in rows.order_by("-id")]


def owner_of(link: LinkView) -> Party:
    """Whose link it is. Raises PartyNotFound."""
    return ports.party_of(link.shop_id, link.party_id)


def state_word(state: str) -> str:
    """A statement's state as its party reads it."""
    return str(content.STATE_WORDS[state])


def kind_word(what: str) -> str:
    """What an item is."""
    return str(content.KIND_WORDS[what])


def explained(view: StatementView) -> list[tuple[str, str]]:
    """What is on a statement, in words: label and sentence, for its kinds and for what is carried or held back."""
    return content.explained(view)


def ways(shop_id: UUID, currency: str, now: datetime) -> list[tuple[str, str]]:
    """How a shop can pay out by providers: the way as `start_payout` takes it, and its label."""
    return [(way.name, way.label) for way in registry.ways_of(shop_id, currency, now)]
