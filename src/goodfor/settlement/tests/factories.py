"""Makers for the tests of settlement: parties, shares in the books, and a provider that keeps books of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.ledger.operations import post
from goodfor.ledger.tests.factories import sql
from goodfor.ledger.types import Entry, Line
from goodfor.settlement import accounts, queries
from goodfor.settlement.operations import approve_statement, confirm_statement, make_statement
from goodfor.settlement.providers.base import NOT_FOUND, PayoutAttempt, Way
from goodfor.settlement.types import BankDetails, BookPage, BookRow, Party, StatementView

SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")
OTHER = UUID("0190a1b2-0000-7000-8000-000000000002")
#: A Tuesday, noon in Beijing.
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
COST, SALES = "5401:cogs:codes", "5001:sales:codes"
ANN, BOB = "staff:ann", "staff:bob"
READ = """
SELECT p.tx_id, p.seq, a.code, a.currency, p.amount_minor, t.kind, t.reference, p.order_id, p.order_line_id, p.sku_id,
       t.effective_at, t.recorded_at, p.xid::text || '.' || p.tx_id || '.' || p.seq
  FROM ledger_posting p
  JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
  JOIN ledger_account a ON a.id = p.account_id
 WHERE p.shop_id = %s AND p.layer = 0 AND p.xid < pg_snapshot_xmin(pg_current_snapshot())
   AND (p.xid, p.tx_id, p.seq) > (%s::xid8, %s::bigint, %s::smallint) AND a.code LIKE ANY (%s)
 ORDER BY p.xid, p.tx_id, p.seq LIMIT %s
"""


def read_books(shop_id: UUID, *, prefixes: Sequence[str], after: str, limit: int) -> BookPage:
    """The ledger's postings as the wiring gives them to settlement."""
    xid, tx_id, seq = after.split(".") if after else ("0", "0", "0")
    rows = sql(READ, [shop_id, xid, tx_id, seq, [f"{one}%" for one in prefixes], limit])
    return BookPage(tuple(BookRow(*row[:12]) for row in rows), rows[-1][12] if rows else after)


def party(**changes: object) -> Party:
    """A supplier that is paid the day after."""
    plain = Party(uuid4(), "supplier", "acme", "甲供应商", "acme@example.com", "CNY", "t1")
    return replace(plain, **changes)  # type: ignore[arg-type]


@dataclass
class People:
    """The parties that finance knows, changed by tests as people change them."""

    known: dict[UUID, Party] = field(default_factory=dict)
    banks: dict[UUID, BankDetails] = field(default_factory=dict)
    shop: UUID = SHOP

    def add(self, one: Party, *, bank: bool = True) -> Party:
        self.known[one.id] = one
        if bank:
            self.banks[one.id] = BankDetails("中国工商银行", f"{one.name}有限公司", "6222020200001234567")
        return one

    def change(self, one: Party, **changes: object) -> Party:
        self.known[one.id] = changed = replace(self.known[one.id], **changes)  # type: ignore[arg-type]
        return changed

    def new_bank(self, one: Party, now: datetime) -> None:
        """As finance does it: other details, the moment of the change, and a day of frost."""
        self.banks[one.id] = BankDetails("招商银行", one.name, "6214830000009876")
        self.change(one, bank_changed_at=now, frozen_until=now + timedelta(hours=24))

    def shops(self) -> list[UUID]:
        return [self.shop]

    def parties_of(self, shop_id: UUID) -> list[Party]:
        return list(self.known.values()) if shop_id == self.shop else []

    def party(self, shop_id: UUID, party_id: UUID) -> Party | None:
        return self.known.get(party_id) if shop_id == self.shop else None

    def bank_of(self, shop_id: UUID, party_id: UUID) -> BankDetails | None:
        return self.banks.get(party_id) if shop_id == self.shop else None


@dataclass
class Carrier:
    """A provider of payouts with books of its own: number -> (state, account). `next`: what it answers instead."""

    books: dict[str, tuple[str, str]] = field(default_factory=dict)
    paid: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    next: list[str] = field(default_factory=list)

    def ways(self, shop_id: UUID, currency: str, now: datetime) -> list[Way]:
        return [Way("carrier", "Carrier")]

    def ledger_account(self, way: str) -> str:
        return ""

    def pay(self, attempt: PayoutAttempt, now: datetime) -> Outcome:
        self.paid.append(attempt.number)
        how = self.next.pop(0) if self.next else "done"
        if how == "not_sent":
            return Unknown("not_sent")
        if how == "lost_before":
            return Unknown("timeout")
        if how == "refused":
            return Rejected("no_such_account")
        assert attempt.bank.account
        self.books.setdefault(attempt.number, ("slow" if how == "slow" else "done", attempt.bank.account))
        return {"lost_after": Unknown("timeout"), "slow": Pending("ref-1")}.get(how, Succeeded("ref-1"))

    def ask(self, attempt: PayoutAttempt, now: datetime) -> Outcome:
        self.asked.append(attempt.number)
        how = self.next.pop(0) if self.next else ""
        if how == "silent":
            return Unknown("timeout")
        if attempt.number not in self.books:
            return Rejected(NOT_FOUND)
        return Succeeded("ref-1") if self.books[attempt.number][0] == "done" else Pending("ref-1")


def account_of(one: Party) -> str:
    """Where shares of this party gather."""
    codes = accounts.accrued(one.kind, one.code)
    return next((code for code in codes if f":{one.cycle}:" in code), codes[0])


def share(
    one: Party, amount: int, *, at: datetime = NOW - timedelta(days=1), reference: str = "", shop: UUID = SHOP,
    account: str = "", recorded: datetime | None = None,
) -> int:  # fmt: skip
    """Book that the party is owed an amount (negative: that it gave a share back); the transaction's id."""
    beginning = "share" if amount > 0 else "unshare"
    entry = Entry(
        reference or f"{beginning}:{uuid4()}",
        beginning,
        (Line(COST, amount), Line(account or account_of(one), -amount)),
        at,
    )
    return post(shop_id=shop, currency="CNY", entries=[entry], now=recorded or max(at, NOW - timedelta(days=1)))[0]


def stated(one: Party, *, cutoff: datetime = NOW, now: datetime = NOW) -> StatementView:
    """A statement made by hand."""
    return make_statement(shop_id=SHOP, party_id=one.id, cutoff=cutoff, actor=ANN, now=now)


def approved(one: Party, *, now: datetime = NOW, persons: Sequence[str] = (ANN, BOB)) -> StatementView:
    """A statement confirmed by its party and approved by as many as it needs."""
    made = stated(one, now=now)
    confirm_statement(shop_id=SHOP, statement_id=made.id, actor=f"party:{one.id}", party_id=one.id, now=now)
    return approve(made.id, now=now, persons=persons[: made.approvals_needed])


def approve(statement_id: UUID, *, now: datetime = NOW, persons: Sequence[str] = (ANN,)) -> StatementView:
    """Approved by these."""
    for person in persons:
        approve_statement(shop_id=SHOP, statement_id=statement_id, actor=person, now=now)
    return queries.statement(SHOP, statement_id)
