"""What the books and the rooms below say of some orders, read at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from goodfor.finance.mapping import line_facts, share_facts
from goodfor.finance.rules.facts import LineFacts, ShareFacts
from goodfor.finance.sold_models import Share, Sold, Step
from goodfor.kernel.sql import Statement
from goodfor.vault import queries as vault

HEADS: Final = Statement(__package__, "sql/heads.sql")
_LINES: Final = Statement(__package__, "sql/lines.sql")
_ORIGINS: Final = Statement(__package__, "sql/origins.sql")
_POSTINGS: Final = Statement(__package__, "sql/postings.sql")
_CLAIMED: Final = Statement(__package__, "sql/claimed.sql")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: Kinds of transactions that are answered one by one, and those that pay a share at the channel.
BACK: Final = frozenset({"refund", "take_back"})
SPLITS: Final = frozenset({"split", "split_return"})


class Head(NamedTuple):
    """An order as orders knows it."""

    id: UUID
    number: str
    currency: str
    total: int
    state: str
    paid_at: datetime | None
    #: Where it was sold.
    channel: str = ""


class Ordered(NamedTuple):
    """A line as it was ordered."""

    id: UUID
    sku_id: UUID
    quantity: int
    unit_price: int
    discount: int
    category_id: UUID | None

    @property
    def gross(self) -> int:
        """What it was sold for: its list price less what campaigns took off."""
        return self.quantity * self.unit_price - self.discount


class Posted(NamedTuple):
    """A posting that bears the order, debit positive. Tuples: there are some twenty of them to an order."""

    tx_id: int
    seq: int
    reference: str
    kind: str
    account: str
    amount: int
    line_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """Supplier's code (empty: the shop's own), units, what they had cost."""

    supplier_code: str
    units: int
    cost: int


@dataclass(slots=True)
class Books:
    """All of one order, as far as there is something to do about it.

    `known`: finance has a row of it. `followed`: its delivery was answered; then `lines` are not read again, and what
    finance made of it (`sold`, and of `shares` those in force, by line) only where something else waits for an answer.
    """

    head: Head
    known: bool
    followed: bool = False
    lines: list[Ordered] = field(default_factory=list)
    postings: list[Posted] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)
    sold: dict[UUID, LineFacts] = field(default_factory=dict)
    shares: dict[UUID, list[ShareFacts]] = field(default_factory=dict)
    origins: dict[UUID, list[Found]] = field(default_factory=dict)
    claimed: dict[UUID, UUID] = field(default_factory=dict)
    #: What a code of a SKU costs now, in its currency: to estimate.
    costs: Mapping[UUID, tuple[int, str]] = field(default_factory=dict)

    @property
    def delivery(self) -> list[Posted]:
        """The postings of its delivery."""
        return [one for one in self.postings if one.kind == "delivery"] if "delivery" in self.kinds else []

    @property
    def waiting(self) -> bool:
        """What finance made of it is needed: something was given back that it has not answered, or split."""
        if not self.kinds.isdisjoint(SPLITS) or not self.known:
            return True
        return any(one.kind in BACK and one.reference not in self.steps for one in self.postings)


class _Times(dict[int, datetime]):
    """Times by their microseconds, each made once: postings of an order mostly have the same ones."""

    def __missing__(self, microseconds: int) -> datetime:
        self[microseconds] = made = _EPOCH + timedelta(microseconds=microseconds)
        return made


def read(shop_id: UUID, order_ids: Sequence[UUID]) -> list[Books]:
    """The orders that there are, by id."""
    ids, times = sorted(order_ids), _Times()
    params = {"shop_id": shop_id, "ids": ids}
    books: dict[UUID, Books] = {}
    for order_id, number, currency, total, state, paid, channel, known, followed in HEADS.rows(params):
        paid_at = None if paid is None else times[paid]
        books[order_id] = Books(Head(order_id, number, currency, total, state, paid_at, channel), known, followed)
    _read_postings(params, books, times)
    _read_steps(shop_id, [one for one in books.values() if one.followed and not one.kinds.isdisjoint(BACK)], books)
    _made_before(shop_id, [one.head.id for one in books.values() if one.followed and one.waiting], books)
    fresh = [one for one in books.values() if not one.followed]
    if fresh:
        for order_id, *rest in _LINES.rows({"shop_id": shop_id, "ids": [one.head.id for one in fresh]}):
            books[order_id].lines.append(Ordered._make(rest))
    _where_from(shop_id, [one for one in fresh if "delivery" in one.kinds])
    _what_it_may_cost(shop_id, [one for one in fresh if not one.known and "delivery" not in one.kinds])
    refunded = [one for one in books.values() if "refund" in one.kinds and (one.waiting or not one.followed)]
    if refunded:
        claims: dict[UUID, UUID] = dict(_CLAIMED.rows({"shop_id": shop_id, "ids": [one.head.id for one in refunded]}))
        for one in refunded:
            one.claimed = claims
    return list(books.values())


def _read_postings(params: Mapping[str, Any], books: Mapping[UUID, Books], times: _Times) -> None:
    """Of one order after the other: a name is looked up when it changes, not for each posting."""
    by_text = {str(order_id): one for order_id, one in books.items()}
    last, one = "", None
    for order_id, tx_id, seq, reference, kind, account, amount, line_id, at in _POSTINGS.rows(params):
        if order_id != last:
            last, one = order_id, by_text.get(order_id)
        if one is not None:
            one.postings.append(Posted(tx_id, seq, reference, kind, account, amount, line_id, times[at]))
            one.kinds.add(kind)


def _read_steps(shop_id: UUID, some: Sequence[Books], books: Mapping[UUID, Books]) -> None:
    if some:
        steps = Step.objects.filter(shop_id=shop_id, order_id__in=[one.head.id for one in some])
        for order_id, reference in steps.values_list("order_id", "reference"):
            books[order_id].steps.add(reference)


def _made_before(shop_id: UUID, ids: Sequence[UUID], books: Mapping[UUID, Books]) -> None:
    if not ids:
        return
    rows: dict[tuple[UUID, UUID], list[Sold]] = defaultdict(list)
    for row in Sold.objects.filter(shop_id=shop_id, order_id__in=ids):
        rows[row.order_id, row.order_line_id].append(row)
    for (order_id, line_id), parts in rows.items():
        books[order_id].sold[line_id] = line_facts(parts)
    shares = Share.objects.filter(shop_id=shop_id, order_id__in=ids, superseded_at__isnull=True)
    for share in shares.order_by("rank", "agreement_code"):
        books[share.order_id].shares.setdefault(share.order_line_id, []).append(share_facts(share))


def _where_from(shop_id: UUID, books: Sequence[Books]) -> None:
    lines = {line.id: one for one in books for line in one.lines}
    if not lines:
        return
    for line_id, *rest in _ORIGINS.rows({"shop_id": shop_id, "lines": sorted(lines)}):
        lines[line_id].origins.setdefault(line_id, []).append(Found(*rest))


def _what_it_may_cost(shop_id: UUID, books: Sequence[Books]) -> None:
    skus = sorted({line.sku_id for one in books for line in one.lines})
    if not skus:
        return
    totals, levels = vault.stock_costs(shop_id, skus), vault.stock(shop_id, skus)
    costs = {
        sku_id: (total // levels[sku_id].available, currency)
        for sku_id, (total, currency) in totals.items()
        if sku_id in levels and levels[sku_id].available
    }
    for one in books:
        one.costs = costs
