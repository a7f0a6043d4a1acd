"""What the rules are told. Pure; amounts in minor units."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from goodfor.finance.types import AgreementView, PartyView


@dataclass(frozen=True, slots=True)
class Terms:
    """How a part of a line counts: by the supplier's contract and the SKU's tax class, at the time of delivery."""

    supplier_code: str
    contract_id: UUID | None
    model: str
    fee_bearer: str
    rate_bp: int
    input_bp: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line that one contract covers, and what of it was given back.

    `gross` is what was paid for it, `discount` what campaigns took off its list price before.
    """

    part: int
    terms: Terms
    quantity: int
    gross: int
    cost: int
    discount: int = 0
    vat: int = 0
    passed: int = 0
    fee: int = 0
    input: int = 0
    refunded: int = 0
    cost_back: int = 0
    vat_back: int = 0
    passed_back: int = 0
    fee_back: int = 0
    input_back: int = 0

    @property
    def left(self) -> int:
        """Of the price, what was not given back."""
        return self.gross - self.refunded


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line as it was delivered, by its parts."""

    line_id: UUID
    sku_id: UUID
    category_id: UUID | None
    parts: tuple[Part, ...]

    @property
    def quantity(self) -> int:
        """Units."""
        return sum(part.quantity for part in self.parts)

    @property
    def gross(self) -> int:
        """The price of all of it."""
        return sum(part.gross for part in self.parts)

    @property
    def refunded(self) -> int:
        """What of the price was given back."""
        return sum(part.refunded for part in self.parts)

    @property
    def left(self) -> int:
        """What of the price was not."""
        return self.gross - self.refunded

    @property
    def vat(self) -> int:
        """VAT in the price."""
        return sum(part.vat for part in self.parts)


@dataclass(frozen=True, slots=True)
class Volume:
    """What an agreement has seen of a month."""

    units: int = 0
    base: int = 0
    shared: int = 0

    def plus(self, units: int, base: int, shared: int) -> "Volume":
        """With another line."""
        return Volume(self.units + units, self.base + base, self.shared + shared)


#: (agreement's code, month) -> what it has seen.
Volumes = dict[tuple[str, date], Volume]


@dataclass(frozen=True, slots=True)
class Pact:
    """A version of an agreement that is in force, with its party."""

    agreement: AgreementView
    party: PartyView


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """A share of a line, and what of it was given back. `rank`: its place, for ties of a rounding."""

    agreement_id: UUID
    agreement_code: str
    version: int
    party_id: UUID
    account: str
    rank: int
    base: int
    amount: int
    reversed: int = 0
    volume_before: int = 0
    explained: Mapping[str, object] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """What the party still has of it."""
        return self.amount - self.reversed

    def back(self, amount: int) -> "ShareFacts":
        """With so much more given back."""
        return replace(self, reversed=self.reversed + amount)


@dataclass(frozen=True, slots=True)
class Moved:
    """A transaction of the books that finance answers: a refund of the price, or goods taken back at cost.

    `line_id`: whose price it is, where a claim tells; `prices`: by line, where the books themselves do. `costs`: by
    line, of goods taken back.
    """

    tx_id: int
    reference: str
    amount: int
    effective_at: datetime
    line_id: UUID | None = None
    costs: Mapping[UUID, int] = field(default_factory=dict)
    prices: Mapping[UUID, int] = field(default_factory=dict)
