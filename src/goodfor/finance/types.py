"""What goes into finance and comes out. Amounts are minor units; rates and shares are ten thousandths (bp)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PartyView:
    """Somebody who is paid a share, without bank details. `receiver_id`: of the channel's split, where there is one.

    `cycle_day`: weekday from 1 (weekly) or day of the month. `hold_back_bp`: kept as a deposit of each payout.
    `frozen_until`: no payout before (a change of the bank details). `supplier_code`: of room supply.
    """

    id: UUID
    shop_id: UUID
    kind: str
    code: str
    name: str
    email: str
    supplier_code: str
    receiver_id: UUID | None
    currency: str
    cycle: str
    cycle_day: int
    lag_days: int
    min_payout_minor: int
    hold_back_bp: int
    collection: str
    has_bank: bool
    bank_changed_at: datetime | None
    frozen_until: datetime | None
    ended_at: datetime | None = None

    @property
    def may_split(self) -> bool:
        """Its shares may be paid by the channel itself."""
        return self.collection == "licensed_split" and self.receiver_id is not None


@dataclass(frozen=True, slots=True)
class PartyInput:
    """What the staff says of a party; see `PartyView`."""

    kind: str
    code: str
    name: str
    currency: str = "CNY"
    email: str = ""
    supplier_code: str = ""
    receiver_id: UUID | None = None
    cycle: str = "monthly"
    cycle_day: int = 1
    lag_days: int = 0
    min_payout_minor: int = 0
    hold_back_bp: int = 0
    collection: str = "self"


@dataclass(frozen=True, slots=True)
class Bank:
    """Where a party is paid. Only for whoever writes the payout file."""

    name: str = field(repr=False)
    bank: str = field(repr=False)
    account: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ContractView:
    """A version of what was agreed with a supplier; the code is empty for goods of the shop's own.

    `model`: principal or agent. `tax_class`: of an agent's fee. `input_bp`: input VAT that the cost includes.
    `fee_bearer`: who bears what the channel keeps.
    """

    id: UUID
    shop_id: UUID
    supplier_code: str
    version: int
    model: str
    tax_class: str
    input_bp: int
    cycle: str
    fee_bearer: str
    valid_from: datetime
    valid_to: datetime | None
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Tier:
    """From so much of the month's volume on, this share."""

    from_volume: int
    bp: int


@dataclass(frozen=True, slots=True)
class Terms:
    """How much: `percent` (bp of the base), `fixed` (minor units a unit), `tiers` by the month's volume, or `none`.

    `measure` of tiers: units sold, or the base in minor units, of this month before the line in question.
    """

    kind: str
    bp: int = 0
    minor: int = 0
    measure: str = "units"
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True)
class AgreementInput:
    """A version of an agreement: who gets how much of what, from when on. Caps of None: none.

    `scope_ref`: id of the SKU or category, or the supplier's code; empty for all. Smaller `priority` is served first.
    """

    code: str
    party_id: UUID
    terms: Terms
    valid_from: datetime
    valid_to: datetime | None = None
    scope: str = "all"
    scope_ref: str = ""
    base: str = "gross"
    line_cap_minor: int | None = None
    month_cap_minor: int | None = None
    priority: int = 100


@dataclass(frozen=True, slots=True)
class AgreementView:
    """A version as it is kept: it never changes."""

    id: UUID
    shop_id: UUID
    version: int
    says: AgreementInput
    made_at: datetime
    made_by: str

    @property
    def code(self) -> str:
        """The agreement that this is a version of."""
        return self.says.code

    def holds(self, at: datetime) -> bool:
        """In force at that time, unless a later version is."""
        return self.says.valid_from <= at and (self.says.valid_to is None or at < self.says.valid_to)


@dataclass(frozen=True, slots=True)
class TaxOf:
    """How a SKU is taxed: the class, its rate, and whether it is a card that is taxed when it is redeemed."""

    tax_class: str
    rate_bp: int
    card_sale: bool


@dataclass(frozen=True, slots=True)
class ShareView:
    """What a party gets of an order line by one version of an agreement, and how much of it was taken back."""

    order_id: UUID
    order_line_id: UUID
    agreement_id: UUID
    agreement_code: str
    version: int
    party_id: UUID
    account: str
    base_minor: int
    amount_minor: int
    reversed_minor: int
    superseded: bool
    currency: str
    explained: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure and the postings that it is the sum of: (transaction, line), debit negative as far as profit goes."""

    amount_minor: int
    postings: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class OrderProfitView:
    """What an order earned: `stage` estimated, delivered, billed or final. Every actual figure is a sum of postings.

    `estimate`: what was expected when it was paid, by the same names. `cells` by name: revenue, discount, cost, fee,
    share, marketing, compensation, recovery, other, and beside them tax (no part of the profit).
    """

    order_id: UUID
    number: str
    currency: str
    stage: str
    profit_minor: int
    cells: Mapping[str, Cell]
    estimate: Mapping[str, int]
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class OrderProfitRow:
    """The same in a list, without the postings behind it."""

    order_id: UUID
    number: str
    currency: str
    stage: str
    revenue_minor: int
    discount_minor: int
    cost_minor: int
    fee_minor: int
    share_minor: int
    marketing_minor: int
    compensation_minor: int
    recovery_minor: int
    other_minor: int
    tax_minor: int
    profit_minor: int
    estimate_minor: int
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class SoldView:
    """A part of a delivered order line that one contract covers: its price, what is in it, and what was given back."""

    order_line_id: UUID
    part: int
    sku_id: UUID
    model: str
    quantity: int
    currency: str
    gross_minor: int
    refunded_minor: int
    rate_bp: int
    vat_minor: int
    vat_back_minor: int
    passed_minor: int
    passed_back_minor: int
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class TaxRateView:
    """The VAT rate of a class from a time on."""

    tax_class: str
    rate_bp: int
    valid_from: datetime
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class SkuTaxView:
    """The class of a SKU from a time on."""

    sku_id: UUID
    tax_class: str
    card_sale: bool
    valid_from: datetime
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class FeeRateView:
    """What a channel account is expected to keep from a time on, in millionths; an empty code: all accounts."""

    provider: str
    account_code: str
    millionths: int
    valid_from: datetime
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class MonthView:
    """What an agreement has seen and shared of a month, as it was delivered."""

    month: date
    currency: str
    units: int
    base_minor: int
    shared_minor: int


@dataclass(frozen=True, slots=True)
class BackdateView:
    """How far the differences of a version that was dated back are booked: lines looked at, and changed."""

    from_at: datetime
    until_at: datetime
    lines: int
    changed: int
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class TriedLine:
    """An order line under an agreement that is only tried: what its party has now, and what it would have."""

    order_id: UUID
    at: datetime
    base_minor: int
    now_minor: int
    would_minor: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What terms would have paid for what was delivered since, beside what is paid for it by the versions of now.

    `lines`: looked at; `covered`: that the terms are about; `cut`: that a cap or what is left of the price cut.
    `later_minor`: of the difference, what dating the terms back books at once. `whole`: nothing was left out because
    there was too much. Refunds so far are taken back in both.
    """

    since: datetime
    currency: str
    lines: int
    covered: int
    units: int
    base_minor: int
    would_minor: int
    now_minor: int
    later_minor: int
    cut: int
    whole: bool
    examples: tuple[TriedLine, ...]


@dataclass(frozen=True, slots=True)
class ProfitSearch:
    """What to look for among orders; a number alone finds its order, whatever else is asked.

    `channel`: provider, or provider and account with a colon. `supplier_code`: some of it came from there.
    """

    stage: str = ""
    number: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    supplier_code: str | None = None
    channel: str = ""
    losing: bool = False


@dataclass(frozen=True, slots=True)
class ProfitSums:
    """What some orders add up to in a currency; `amounts` by the names of `OrderProfitView`, profit and estimate."""

    currency: str
    orders: int
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ProfitBy:
    """What was earned under one value of a dimension, by the names of `OrderProfitView`."""

    key: str
    currency: str
    amounts: Mapping[str, int]
    profit_minor: int
