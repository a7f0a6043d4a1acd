"""What the books and the rooms below say of some orders, read at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.finance.mapping import line_facts, share_facts
from goodfor.finance.profit_models import OrderProfit
from goodfor.finance.rules.facts import LineFacts, ShareFacts
from goodfor.finance.sold_models import Share, Sold, Step
from goodfor.kernel.sql import Statement
from goodfor.vault import queries as vault

HEADS: Final = Statement(__package__, "sql/heads.sql")
_LINES: Final = Statement(__package__, "sql/lines.sql")
_ORIGINS: Final = Statement(__package__, "sql/origins.sql")
_POSTINGS: Final = Statement(__package__, "sql/postings.sql")
_CLAIMED: Final = Statement(__package__, "sql/claimed.sql")


@dataclass(frozen=True, slots=True)
class Head:
    """An order as orders knows it."""

    id: UUID
    number: str
    currency: str
    total: int
    state: str
    paid_at: datetime | None
    delivered_at: datetime | None
    #: Where it was sold.
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Ordered:
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


@dataclass(frozen=True, slots=True)
class Posted:
    """A posting that bears the order, debit positive."""

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
    """All of one order. `sold` and `shares`: what finance made of it before; `shares` only those in force, by line."""

    head: Head
    known: bool
    stage: str = ""
    lines: list[Ordered] = field(default_factory=list)
    postings: list[Posted] = field(default_factory=list)
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
        return [one for one in self.postings if one.kind == "delivery"]


def read(shop_id: UUID, order_ids: Sequence[UUID]) -> list[Books]:
    """The orders that there are, by id."""
    ids = sorted(order_ids)
    params = {"shop_id": shop_id, "ids": ids}
    known = dict(OrderProfit.objects.filter(shop_id=shop_id, order_id__in=ids).values_list("order_id", "stage"))
    books = {row[0]: Books(Head(*row), row[0] in known, known.get(row[0], "")) for row in HEADS.rows(params)}
    for order_id, *rest in _LINES.rows(params):
        books[order_id].lines.append(Ordered(*rest))
    for order_id, *rest in _POSTINGS.rows(params):
        if order_id in books:
            books[order_id].postings.append(Posted(*rest))
    for order_id, reference in Step.objects.filter(shop_id=shop_id, order_id__in=ids).values_list(
        "order_id", "reference"
    ):
        books[order_id].steps.add(reference)
    _made_before(shop_id, [one for one in ids if one in known], books)
    _where_from(shop_id, [one for one in books.values() if not one.sold and one.delivery])
    _what_it_may_cost(shop_id, [one for one in books.values() if not one.known and not one.delivery])
    refunded = [one for one in books.values() if any(posted.kind == "refund" for posted in one.postings)]
    if refunded:
        claims: dict[UUID, UUID] = dict(_CLAIMED.rows({"shop_id": shop_id, "ids": [one.head.id for one in refunded]}))
        for one in refunded:
            one.claimed = claims
    return [books[order_id] for order_id in ids if order_id in books]


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
