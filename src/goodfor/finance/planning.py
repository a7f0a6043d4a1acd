"""What finance does about an order, from what the books say: pure, so that it can be tried on anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.finance import accounts, figures, states
from goodfor.finance.agreed import Agreed
from goodfor.finance.following import BACK, SPLITS, Books, Found, Ordered, Posted
from goodfor.finance.rules import booking, delivered, fees, refunded, shares, split_paid, taken_back
from goodfor.finance.rules.facts import LineFacts, Moved, ShareFacts, Volumes
from goodfor.ledger.types import Entry

#: The calendar of the books.
BOOKS: Final = ZoneInfo("Asia/Shanghai")
SALES: Final = "5001:sales:"
DISCOUNTS: Final = "5002:"
COGS: Final = "5401:cogs:codes"
FEE: Final = f"finance.{fees.NAME}"


@dataclass(frozen=True, slots=True)
class StepDone:
    """A transaction of the books that was answered; `lines`: what each gave back."""

    reference: str
    kind: str
    amount: int
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """What is to be written of an order. `shares` by line, in the order of their rank."""

    order_id: UUID
    fresh: bool = False
    delivered_at: datetime | None = None
    sold: dict[UUID, LineFacts] = field(default_factory=dict)
    shares: dict[UUID, list[ShareFacts]] = field(default_factory=dict)
    changed: set[UUID] = field(default_factory=set)
    steps: list[StepDone] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    estimate: dict[str, int] | None = None
    channel: str = ""
    stage: str = states.ESTIMATED
    moved_at: datetime | None = None

    @property
    def profit(self) -> int:
        """What is left."""
        return figures.profit(self.figures)


def month_of(at: datetime) -> date:
    """The month of the books that a time is in."""
    return at.astimezone(BOOKS).date().replace(day=1)


def plan(books: Books, agreed: Agreed, volumes: Volumes, now: datetime) -> Plan:
    """Everything that is not done yet; `volumes` is moved on. Raises ValueError where the books make no sense."""
    made = Plan(books.head.id, sold=dict(books.sold), shares=dict(books.shares))
    if not books.followed and "delivery" in books.kinds:
        _deliver(books, agreed, volumes, made)
    if made.sold:
        for moved in _moved(books):
            named = {*moved.prices, *([moved.line_id] if moved.line_id else [])}
            if not named <= made.sold.keys():
                raise ValueError("a refund names a line of another order")
            (_take_back if moved.costs else _refund)(made, moved)
    if not books.kinds.isdisjoint(SPLITS):
        _paid_by_split(books, agreed, made)
    made.entries = [booking.through(one, books.head.channel) for one in made.entries]
    _figures(books, made)
    made.stage = _stage(books, made)
    if not books.known:
        made.estimate = _estimate(books, agreed, made, now)
    return made


def _deliver(books: Books, agreed: Agreed, volumes: Volumes, made: Plan) -> None:
    postings, head = books.delivery, books.head
    at = postings[0].at
    made.fresh, made.delivered_at = True, at
    for line in books.lines:
        cost = sum(one.amount for one in postings if one.account == COGS and one.line_id == line.id)
        found = books.origins.get(line.id) or [Found("", line.quantity, 0)]
        made.sold[line.id] = _line(line, cost, found, agreed, at)
    if sum(line.gross for line in made.sold.values()) != head.total:
        raise ValueError("lines and total differ")
    made.entries += _some(delivered.entry_of(order_id=head.id, lines=list(made.sold.values()), at=at))
    pacts = agreed.pacts(at, head.currency)
    for sold in made.sold.values():
        mine = shares.shares_of(sold, pacts, volumes, month_of(at)) if pacts else []
        if mine:
            made.shares[sold.line_id] = mine
            made.entries += shares.entries_of(order_id=head.id, line=sold, shares=mine, at=at)
    made.changed |= set(made.sold)
    made.steps.append(StepDone(postings[0].reference, states.STEP_DELIVER, head.total))


def _line(line: Ordered, cost: int, found: Sequence[Found], agreed: Agreed, at: datetime) -> LineFacts:
    origins = [
        delivered.Origin(agreed.terms(one.supplier_code, line.sku_id, at), one.units, one.cost)
        for one in found
        if one.units
    ]
    parts = delivered.parts_of(
        quantity=line.quantity, gross=line.gross, cost=cost, discount=line.discount, origins=origins
    )
    return LineFacts(line.id, line.sku_id, line.category_id, parts)


def _moved(books: Books) -> Iterator[Moved]:
    """Refunds of a delivered price, and goods taken back, that were not answered yet; oldest first."""
    by_tx: dict[int, list[Posted]] = {}
    if books.kinds.isdisjoint(BACK):
        return
    for one in books.postings:
        if one.kind in BACK and one.reference not in books.steps:
            by_tx.setdefault(one.tx_id, []).append(one)
    for tx_id, postings in sorted(by_tx.items()):
        first = postings[0]
        if first.kind == "refund":
            # The list price leaves the sales and the discount comes back: between them lies what was paid.
            sales = [one for one in postings if one.account.startswith((SALES, DISCOUNTS))]
            amount = sum(one.amount for one in sales)
            if amount > 0:
                refund_id = UUID(first.reference.removeprefix("refund:"))
                told: dict[UUID, int] = {}
                for one in sales:
                    if one.line_id:
                        told[one.line_id] = told.get(one.line_id, 0) + one.amount
                told = {line_id: paid for line_id, paid in told.items() if paid}
                prices = told if sum(told.values()) == amount else {}
                claimed = None if prices else books.claimed.get(refund_id)
                yield Moved(tx_id, first.reference, amount, first.at, claimed, prices=prices)
            continue
        costs = {one.line_id: -one.amount for one in postings if one.account == COGS and one.line_id}
        if costs:
            yield Moved(tx_id, first.reference, sum(costs.values()), first.at, costs=costs)


def _refund(made: Plan, moved: Moved) -> None:
    lines = list(made.sold.values())
    steps = dict(moved.prices) or refunded.by_line(lines, moved.amount, moved.line_id)
    before = dict(made.sold)
    for line_id, amount in steps.items():
        line, mine = before[line_id], made.shares.get(line_id, [])
        made.sold[line_id] = refunded.give_back(line, amount)
        if mine:
            after = shares.give_back(line, mine, amount)
            made.entries += _some(
                shares.unshare_entry(order_id=made.order_id, line=line, moved=moved, before=mine, after=after)
            )
            made.shares[line_id] = after
    after_lines = [made.sold[line_id] for line_id in steps]
    made.entries += _some(refunded.entry_of(order_id=made.order_id, moved=moved, before=before, after=after_lines))
    _done(made, moved, states.STEP_REFUND, steps)


def _take_back(made: Plan, moved: Moved) -> None:
    before = dict(made.sold)
    steps = {line_id: cost for line_id, cost in moved.costs.items() if line_id in before}
    for line_id, cost in steps.items():
        made.sold[line_id] = taken_back.give_back(before[line_id], cost)
    after = [made.sold[line_id] for line_id in steps]
    made.entries += _some(taken_back.entry_of(order_id=made.order_id, moved=moved, before=before, after=after))
    _done(made, moved, states.STEP_TAKE_BACK, steps)


def _paid_by_split(books: Books, agreed: Agreed, made: Plan) -> None:
    """What a channel gave to a party's receiver is no further expense: it pays what the party has of the order."""
    paid = split_paid.given(books.postings)
    if not paid:
        return
    has: dict[UUID, dict[str, int]] = {}
    for one in (one for mine in made.shares.values() for one in mine):
        mine = has.setdefault(one.party_id, {})
        mine[one.account] = mine.get(one.account, 0) + one.left
    wanted = split_paid.wanted(paid, has, list(agreed.parties.values()))
    made.entries += _some(
        split_paid.entry_of(
            order_id=books.head.id, wanted=wanted, postings=books.postings, parties=list(agreed.parties.values())
        )
    )


def _done(made: Plan, moved: Moved, kind: str, steps: dict[UUID, int]) -> None:
    made.changed |= set(steps)
    lines = {str(line_id): amount for line_id, amount in steps.items()}
    made.steps.append(StepDone(moved.reference, kind, moved.amount, lines))


def _some(entry: Entry | None) -> list[Entry]:
    return [] if entry is None else [entry]


def _figures(books: Books, made: Plan) -> None:
    moves = [(one.account, one.amount) for one in books.postings]
    moves += [(line.account, line.amount_minor) for entry in made.entries for line in entry.lines]
    made.figures = figures.sums(moves)
    made.moved_at = max((one.at for one in books.postings), default=None)
    found = next((f for one in books.postings if (f := accounts.channel_of(one.account)) is not None), None)
    made.channel = ":".join(found) if found else ""


def _stage(books: Books, made: Plan) -> str:
    """Billed: its channel has said what it took, or it went through none."""
    if not made.sold and not books.followed and books.head.state != "refunded":
        return states.ESTIMATED
    billed = not made.channel or FEE in books.kinds
    return states.BILLED if billed else states.DELIVERED


def _estimate(books: Books, agreed: Agreed, made: Plan, now: datetime) -> dict[str, int]:
    """What is expected of an order that is paid for, by the same names as what it will earn."""
    head, at = books.head, books.head.paid_at or now
    lines = list(made.sold.values()) or [
        _line(line, _cost(line, books), [Found("", line.quantity, 0)], agreed, at) for line in books.lines
    ]
    fee = 0
    if made.channel:
        provider, code = made.channel.split(":")
        fee = fees.estimated(head.total, agreed.fee_rate(provider, code, at))
    pacts = agreed.pacts(at, head.currency)
    given = [one for mine in made.shares.values() for one in mine] if made.sold else [
        one for line in lines for one in shares.shares_of(line, pacts, {}, month_of(at))
    ]  # fmt: skip
    parts = [part for line in lines for part in line.parts]
    found = dict.fromkeys(figures.NAMES, 0)
    found["tax"] = sum(part.vat - part.input for part in parts)
    found["discount"] = sum(part.discount for part in parts)
    found["revenue"] = found["discount"] + sum(
        part.fee if part.terms.model == states.AGENT else part.gross - part.vat for part in parts
    )
    found["cost"] = sum(part.cost - part.passed - part.input for part in parts)
    found["fee"], found["share"] = fee, sum(one.amount for one in given)
    return {**found, "profit": figures.profit(found)}


def _cost(line: Ordered, books: Books) -> int:
    unit, currency = books.costs.get(line.sku_id, (0, books.head.currency))
    return unit * line.quantity if currency == books.head.currency else 0
