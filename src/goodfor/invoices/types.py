"""What goes into invoices and comes out. Amounts are minor units with tax; rates are ten thousandths (bp)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Title:
    """To whom it is written: `personal`, or `company` with its tax number. `email`: where it is sent, if at all."""

    kind: str
    name: str = field(repr=False)
    tax_number: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LineOf:
    """A line of an invoice: goods of one order line at one rate. `tax_minor` is part of `amount_minor`."""

    order_line_id: UUID
    sku_id: UUID
    name: str
    quantity: int
    tax_class: str
    rate_bp: int
    amount_minor: int
    tax_minor: int
    reversed_minor: int = 0
    tax_reversed_minor: int = 0


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice or, of `kind` red, a red letter that takes (a part of) `blue_id` back; amounts are positive in both.

    `number` is ours, `official` the one on the paper. `failure`: why it failed, or what the last try met.
    """

    id: UUID
    shop_id: UUID
    order_id: UUID
    order_number: str
    number: str
    kind: str
    paper: str
    blue_id: UUID | None
    state: str
    title_kind: str
    currency: str
    total_minor: int
    tax_minor: int
    reversed_minor: int
    tax_reversed_minor: int
    reason: str
    provider: str
    official: str
    link: str
    failure: str
    attempts: int
    next_try_at: datetime | None
    asked_at: datetime
    asked_by: str
    issued_at: datetime | None
    ended_at: datetime | None

    @property
    def left_minor(self) -> int:
        """What of it was not taken back."""
        return self.total_minor - self.reversed_minor


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether an order may be invoiced now: `left_minor` of it, or why not (a code of an error)."""

    left_minor: int
    currency: str
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class IssuerView:
    """Who writes a shop's invoices, without the secret. `provider` empty: the staff, by hand."""

    provider: str
    url: str
    app_key: str
    seller_name: str
    seller_tax: str
    has_secret: bool
    changed_at: datetime | None
    changed_by: str


@dataclass(frozen=True, slots=True)
class IssuerInput:
    """The same as it is set; an empty secret keeps the one that is there."""

    provider: str
    seller_name: str
    seller_tax: str
    url: str = ""
    app_key: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """What the staff look for; what is empty does not narrow. By when it was asked for, `until` is exclusive.

    `text`: a number of ours, of the order or of the paper.
    """

    states: tuple[str, ...] = ()
    kind: str = ""
    paper: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class VatRow:
    """Issued in a time, of one paper, rate and currency: invoices, what red letters took back, and what is left."""

    paper: str
    tax_class: str
    rate_bp: int
    currency: str
    count: int
    amount_minor: int
    tax_minor: int
    red_count: int
    red_amount_minor: int
    red_tax_minor: int

    @property
    def net_minor(self) -> int:
        """With tax, after red letters."""
        return self.amount_minor - self.red_amount_minor

    @property
    def net_tax_minor(self) -> int:
        """Tax after red letters."""
        return self.tax_minor - self.red_tax_minor


@dataclass(frozen=True, slots=True)
class StepView:
    """A move of an invoice's state."""

    from_state: str | None
    to_state: str
    actor: str
    cause: str
    at: datetime
    data: Mapping[str, object] = field(default_factory=dict)
