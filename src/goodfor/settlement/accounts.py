"""The accounts of parties, and what settlement books. Pure. In lines debit is positive, credit negative."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.ledger.types import Entry, Line
from goodfor.settlement.kinds import OWN, RELEASE
from goodfor.settlement.types import BRAND, CYCLES, DISTRIBUTOR, SHOP, SUPPLIER

TRANSIT: Final = "1013:transit"
#: All accounts whose postings may come on statements begin so.
READ: Final = ("1123:supplier:", "2202:supplier:", "2206:")


def accrued(kind: str, code: str) -> tuple[str, ...]:
    """Where a party's shares gather until they are stated; a supplier's by cycle, of which it may have had more."""
    if kind == SUPPLIER:
        return (f"2202:supplier:{code}:accrued", *(f"2202:supplier:{code}:{cycle}:accrued" for cycle in CYCLES))
    if kind in (SHOP, BRAND):
        return (f"2206:{kind}:{code}:payable",)
    return (f"2206:distributor:{code}",) if kind == DISTRIBUTOR else ()


def prepaid(kind: str, code: str) -> tuple[str, ...]:
    """What was paid to a supplier ahead: listed to be confirmed, never to be paid. Nobody else's, whatever its code."""
    return (f"1123:supplier:{code}:prepaid",) if kind == SUPPLIER else ()


def statement(kind: str, code: str, number: str) -> str:
    """What is owed on one statement."""
    head = "2202" if kind == SUPPLIER else "2206"
    return f"{head}:{kind}:{code}:statement:{number}"


def deposit(kind: str, code: str) -> str:
    """What is held back of a party's statements. With its kind: two parties of one code are two."""
    return f"2206:party:{kind}.{code}:deposit"


def is_listed(account: str) -> bool:
    """True for accounts whose postings are items of statements; not those that settlement itself moves."""
    parts = account.split(":")
    if parts[0] == "1123":
        return parts[-1] == "prepaid"
    if parts[0] == "2202":
        return parts[-1] == "accrued"
    return (parts[1] == DISTRIBUTOR and len(parts) == 3) or (parts[1] in (SHOP, BRAND) and parts[-1] == "payable")


def owed_by(account: str, amount_minor: int) -> int:
    """A posting as a statement shows it: what is owed grows with credits, what was paid ahead with debits."""
    return amount_minor if account.startswith("1") else -amount_minor


def lock_lines(
    *,
    accounts: Mapping[str, int],
    carried: Sequence[tuple[str, int]],
    held: tuple[str, int],
    to: tuple[str, int],
    party_id: UUID | None = None,
) -> tuple[Line, ...]:
    """The lines of a lock: items by account and carried statements onto the new one, what is held back aside.

    Amounts as owed to the party; `held` and `to` are (account, amount). The lines add up to 0 or something is wrong.
    """
    moved = [*sorted(accounts.items()), *carried, (held[0], -held[1]), (to[0], -to[1])]
    return tuple(Line(account, amount, party_id=party_id) for account, amount in moved if amount)


def lock_entry(*, number: str, statement_id: UUID, lines: tuple[Line, ...], at: datetime) -> Entry:
    """What locking a statement books."""
    return Entry(f"stmt:{number}", OWN, lines, at, ("settlement.statement", statement_id))


def payout_entry(
    *, number: str, payout_id: UUID, account: str, amount_minor: int, party_id: UUID, at: datetime
) -> Entry:
    """What is paid out leaves the statement and is on its way."""
    lines = (Line(account, amount_minor, party_id=party_id), Line(TRANSIT, -amount_minor))
    return Entry(f"payout:{number}", "settlement.payout", lines, at, ("settlement.payout", payout_id))


def bank(segment: str) -> str:
    """The bank account that pays."""
    return f"1002:bank:{segment}"


def paid_entry(*, number: str, payout_id: UUID, out_of: str, amount_minor: int, at: datetime) -> Entry:
    """It has arrived: it left our account `out_of`."""
    lines = (Line(TRANSIT, amount_minor), Line(out_of, -amount_minor))
    return Entry(f"payout:{number}:paid", "settlement.paid", lines, at, ("settlement.payout", payout_id))


def release_entry(
    *, release_id: UUID, held_on: str, account: str, amount_minor: int, party_id: UUID, at: datetime
) -> Entry:
    """What was held back is owed again: an item of the next statement."""
    moved = ((held_on, amount_minor), (account, -amount_minor))
    lines = tuple(Line(where, amount, party_id=party_id) for where, amount in moved)
    return Entry(f"release:{release_id}", RELEASE, lines, at, ("settlement.release", release_id))
