"""What a channel's split has given to a party is paid: its share of the order is owed no more. Pure.

Room payments books a split as a commission that is owed and paid at once, since it knows of no agreement. Where the
receiver is a party of finance, that commission and the party's share would be the same money counted twice: so much as
both have in common leaves the expense and pays the share. What was split beyond the share stays an expense; what came
back from the receiver, or from the share, is owed again. Source: finance reference 3.2 (#15).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from goodfor.finance import accounts, states
from goodfor.finance.rules import booking
from goodfor.finance.types import PartyView
from goodfor.ledger.types import Entry, Line

NAME: Final = "split_paid"
VERSION: Final = 1
KIND: Final = f"finance.{NAME}"
_RECEIVER: Final = "2206:distributor:"


class Posting(Protocol):
    """A posting of an order, debit positive."""

    @property
    def tx_id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def at(self) -> datetime: ...


def given(postings: Sequence[Posting]) -> dict[str, int]:
    """What receivers have of an order through the channel, less what they gave back, by their id in hex."""
    by_tx: dict[int, list[Posting]] = {}
    for one in postings:
        if one.kind in ("split", "split_return"):
            by_tx.setdefault(one.tx_id, []).append(one)
    found: dict[str, int] = {}
    for lines in by_tx.values():
        receiver = next(one.account.removeprefix(_RECEIVER) for one in lines if one.account.startswith(_RECEIVER))
        amount = sum(one.amount for one in lines if one.account == accounts.COMMISSION)
        found[receiver] = found.get(receiver, 0) + amount
    return found


def wanted(
    paid: Mapping[str, int], has: Mapping[UUID, Mapping[str, int]], parties: Sequence[PartyView]
) -> dict[tuple[UUID, str], int]:
    """By party and account, what of its shares (`has`) the channel has paid."""
    rest = dict(paid)
    found: dict[tuple[UUID, str], int] = {}
    for party in sorted(parties, key=lambda one: (one.kind, one.code)):
        receiver = party.receiver_id.hex if party.receiver_id else ""
        for account, left in sorted(has.get(party.id, {}).items()):
            part = max(0, min(left, rest.get(receiver, 0)))
            if part:
                rest[receiver] -= part
                found[party.id, account] = part
    return found


def entry_of(
    *, order_id: UUID, wanted: Mapping[tuple[UUID, str], int], postings: Sequence[Posting],
    parties: Sequence[PartyView],
) -> Entry | None:  # fmt: skip
    """The difference to what was booked of it before; at the time of the last news."""
    mine = [one for one in postings if one.kind == KIND]
    booked: dict[str, int] = {}
    for one in mine:
        if one.account != accounts.COMMISSION:
            booked[one.account] = booked.get(one.account, 0) + one.amount
    owners = {accounts.accrued(one): one.id for one in parties if one.kind != states.PLATFORM}
    owners |= {account: party_id for party_id, account in wanted}
    targets = {account: amount for (_party, account), amount in wanted.items()}
    lines: list[Line] = []
    for account in sorted(targets.keys() | booked.keys()):
        more = targets.get(account, 0) - booked.get(account, 0)
        lines += [
            booking.line(where, amount, order_id=order_id, party_id=owners.get(account))
            for where, amount in ((account, more), (accounts.COMMISSION, -more))
        ]
    number = len({one.tx_id for one in mine})
    return booking.entry(
        rule=NAME, version=VERSION, reference=f"bysplit:{order_id}:{number}", lines=lines,
        at=max(one.at for one in postings), cause=(booking.FOLLOWING, order_id),
    )  # fmt: skip
