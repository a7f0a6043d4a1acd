"""What settlement is told from outside: who the parties are and what the ledger has; plugged in by the wiring.

Without them the loops have nothing to do, and operations find no party.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from goodfor.settlement.errors import PartyNotFound
from goodfor.settlement.types import BankDetails, BookPage, Party


class Parties(Protocol):
    """Who is paid. Reads the present: a change is seen at the next call."""

    def shops(self) -> Sequence[UUID]:
        """Shops that have parties."""
        ...

    def parties_of(self, shop_id: UUID) -> Sequence[Party]:
        """All parties of a shop."""
        ...

    def party(self, shop_id: UUID, party_id: UUID) -> Party | None:
        """One of them, or None."""
        ...

    def bank_of(self, shop_id: UUID, party_id: UUID) -> BankDetails | None:
        """Where it is paid; opened for this call alone. None where it has told none."""
        ...


class Books(Protocol):
    """The ledger's postings in the order in which they became certain."""

    def __call__(self, shop_id: UUID, *, prefixes: Sequence[str], after: str, limit: int) -> BookPage:
        """Postings (layer 0) of accounts whose codes begin so, after a place ("" is the beginning)."""
        ...


class _Nobody:
    """No parties."""

    def shops(self) -> Sequence[UUID]:
        return ()

    def parties_of(self, shop_id: UUID) -> Sequence[Party]:  # noqa: ARG002
        return ()

    def party(self, shop_id: UUID, party_id: UUID) -> Party | None:  # noqa: ARG002
        return None

    def bank_of(self, shop_id: UUID, party_id: UUID) -> BankDetails | None:  # noqa: ARG002
        return None


def _nothing(shop_id: UUID, *, prefixes: Sequence[str], after: str, limit: int) -> BookPage:  # noqa: ARG001
    return BookPage((), after)


@dataclass(slots=True)
class _Plugged:
    parties: Parties
    books: Books


_plugged = _Plugged(_Nobody(), _nothing)


def install(*, parties: Parties, books: Books) -> None:
    """Plug them in; called by the wiring, and by tests."""
    _plugged.parties, _plugged.books = parties, books


def parties() -> Parties:
    """Who is paid."""
    return _plugged.parties


def books() -> Books:
    """What the ledger has."""
    return _plugged.books


def party_of(shop_id: UUID, party_id: UUID) -> Party:
    """One party. Raises PartyNotFound."""
    found = _plugged.parties.party(shop_id, party_id)
    if found is None:
        raise PartyNotFound
    return found
