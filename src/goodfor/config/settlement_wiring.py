"""Whom settlement pays and what it reads: the parties of finance, the postings of the ledger."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any
from uuid import UUID

from goodfor.settlement import ports
from goodfor.settlement.types import BankDetails, BookPage, BookRow, Party


class _Parties:
    """The parties of finance; its view of one, said in settlement's words."""

    def __init__(self) -> None:
        self._queries = import_module("goodfor.finance.queries")
        self._not_found = import_module("goodfor.finance.errors").PartyNotFound
        self._rows = import_module("goodfor.finance.models").Party.objects

    def shops(self) -> Sequence[UUID]:
        return list(self._rows.order_by("shop_id").values_list("shop_id", flat=True).distinct())

    def parties_of(self, shop_id: UUID) -> Sequence[Party]:
        # Those that have ended, too: what is owed to them stays owed.
        return [_party(view) for view in self._queries.parties(shop_id)]

    def party(self, shop_id: UUID, party_id: UUID) -> Party | None:
        try:
            return _party(self._queries.party(shop_id, party_id))
        except self._not_found:
            return None

    def bank_of(self, shop_id: UUID, party_id: UUID) -> BankDetails | None:
        found = self._queries.bank_of(shop_id, party_id)
        return BankDetails(found.bank, found.name, found.account) if found else None


def _party(view: Any) -> Party:
    return Party(
        id=view.id,
        kind=view.kind,
        code=view.code,
        name=view.name,
        email=view.email,
        currency=view.currency,
        cycle=view.cycle,
        cycle_day=view.cycle_day,
        lag_days=view.lag_days,
        min_payout_minor=view.min_payout_minor,
        hold_back_bp=view.hold_back_bp,
        bank_changed_at=view.bank_changed_at,
        frozen_until=view.frozen_until,
        collection=view.collection,
    )


def _books(shop_id: UUID, *, prefixes: Sequence[str], after: str, limit: int) -> BookPage:
    """A page of the ledger's stream; a place is the position of its last row, (xid, tx_id, seq)."""
    position = tuple(int(part) for part in after.split(".")) if after else None
    postings = import_module("goodfor.ledger.queries").postings
    rows = postings(shop_id, prefixes=list(prefixes), after=position, limit=limit)
    if not rows:
        return BookPage((), after)
    return BookPage(tuple(map(_row, rows)), ".".join(map(str, rows[-1].position)))


def _row(row: Any) -> BookRow:
    return BookRow(
        tx_id=row.tx_id,
        seq=row.seq,
        account=row.code,
        currency=row.currency,
        amount_minor=row.amount_minor,
        kind=row.kind,
        reference=row.reference,
        order_id=row.order_id,
        order_line_id=row.order_line_id,
        sku_id=row.sku_id,
        effective_at=row.effective_at,
        recorded_at=row.recorded_at,
    )


def connect() -> None:
    """Plug them in."""
    ports.install(parties=_Parties(), books=_books)
