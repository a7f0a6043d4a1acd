"""What goes into orders and comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.money import Money
from goodfor.orders.claim_types import ClaimOffer as ClaimOffer
from goodfor.orders.claim_types import ClaimUnit as ClaimUnit
from goodfor.orders.claim_types import ClaimView as ClaimView
from goodfor.orders.claim_types import SoldLine as SoldLine
from goodfor.orders.credit_types import Credit as Credit
from goodfor.orders.credit_types import CreditView as CreditView
from goodfor.orders.given_types import GivenCode as GivenCode
from goodfor.orders.hold_types import HELD_REFUSED as HELD_REFUSED
from goodfor.orders.hold_types import HoldOrder as HoldOrder
from goodfor.orders.hold_types import HoldView as HoldView
from goodfor.orders.line_types import CODE as CODE
from goodfor.orders.line_types import DIRECT as DIRECT
from goodfor.orders.line_types import LineRequest as LineRequest
from goodfor.orders.line_types import LineRow as LineRow
from goodfor.orders.line_types import LineView as LineView
from goodfor.orders.offer_types import CouponOption as CouponOption
from goodfor.orders.offer_types import Offer as Offer
from goodfor.orders.offer_types import Quote as Quote
from goodfor.orders.offer_types import Taken as Taken
from goodfor.orders.offer_types import TraceStep as TraceStep
from goodfor.orders.pieces import price_of as price_of

MAX_LINES = 20
#: Why money goes back: nobody could deliver it, or the account that was filled in is no good.
NOT_SUPPLIED, ACCOUNT_WRONG = "not_supplied", "account_wrong"
MAX_CODES = 10_000
#: Length of a buyer's name in the tables; longer ones are kept as a hash.
MAX_REF = 64
#: The shop's bank in the ledger: what people pay by hand goes through it.
BANK = "1002:bank:manual"
METHOD_LABELS = {
    "wechat": _("微信支付"),
    "alipay": _("支付宝"),
    "qq": _("QQ 钱包"),
    "bank": _("网银支付"),
    "card": _("银行卡"),
    "paypal": "PayPal",
    "sandbox": _("模拟支付"),
}


@dataclass(frozen=True, slots=True)
class Invoice:
    """To whom an invoice is written: a person, or a company with its tax number."""

    title: str
    tax_number: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys: `ref` is an opaque stable name (a browser's, a client's customer); contact is kept encrypted."""

    ref: str
    contact: str = field(default="", repr=False)
    ip: str = field(default="", repr=False)
    client_id: UUID | None = None
    locale: str = "zh-hans"
    invoice: Invoice | None = field(default=None, repr=False)
    #: An opaque name of the browser, and where one buys (web, wechat, mini; empty: by the order's channel).
    device: str = field(default="", repr=False)
    face: str = ""
    #: The group of linked accounts that he is of, as risk control names it.
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that waits for its payment; `secret` is shown once to the buyer and kept only as a hash."""

    order_id: UUID
    number: str
    secret: str = field(repr=False)
    total: Money
    pay_by: datetime
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class CreditPaid:
    """An order that was paid from a debt to its buyer: by which payment, and the state that it ended in."""

    payment_id: UUID
    state: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as its owner sees it."""

    id: UUID
    shop_id: UUID
    number: str
    state: str
    channel: str
    total: Money
    placed_at: datetime
    pay_by: datetime
    paid_at: datetime | None
    deliver_by: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    refunded_at: datetime | None
    external_ref: str | None
    client_id: UUID | None
    payment_id: UUID | None
    lines: tuple[LineView, ...]
    #: Set while the order is `refunding` and its channel has refused the refund for good: a case for the staff is open.
    refund_failed_at: datetime | None = None
    #: What is back with the buyer so far; None: nothing of it.
    refunded: Money | None = None
    #: Until when a paid order is looked at before it is delivered; None: it is not, or no longer.
    held_until: datetime | None = None
    #: When a hold of it was released.
    released_at: datetime | None = None

    @property
    def currency(self) -> str:
        """ISO 4217 code of the order."""
        return self.total.currency

    @property
    def quantity(self) -> int:
        """How many codes in all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def discount(self) -> Money:
        """What campaigns took off the list prices, gifts left out: they are shown as such."""
        return Money(sum(line.discount_minor for line in self.lines if not line.gift), self.total.currency)

    @property
    def owed_since(self) -> datetime | None:
        """Since when its delivery is owed: from the payment, of an order that was held from its release."""
        return max(self.paid_at, self.released_at) if self.paid_at and self.released_at else self.paid_at


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund of an order: requested, then accepted by the channel, then arrived."""

    refund_id: UUID
    number: str
    order_number: str
    amount: Money
    state: str
    requested_at: datetime
    succeeded_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallbackReply:
    """What to answer the channel."""

    status: int
    body: bytes
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay: `code` is what start_payment takes, a brand that the buyer knows (alipay, wechat, card ...)."""

    code: str

    @property
    def label(self) -> str:
        """What the buyer reads."""
        return str(METHOD_LABELS.get(self.code, self.code))


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, and from where. `device`: pc, mobile, wechat, alipay; `channel_id`: the channel's id of the buyer.

    `known`: application of a channel -> its id of the buyer, where several may be at hand. `script` False: only ways
    that work without the channel's script.
    """

    ip: str = ""
    device: str = "pc"
    channel_id: str = field(default="", repr=False)
    known: Mapping[str, str] = field(default_factory=dict, repr=False)
    script: bool = True


@dataclass(frozen=True, slots=True)
class OrderSearch:
    """What the staff look for; what is not given does not narrow. Times are aware, `until` is exclusive."""

    states: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    channel: str | None = None
    least_minor: int | None = None
    most_minor: int | None = None
    sku_ids: tuple[UUID, ...] = ()
    number: str | None = None
    external_ref: str | None = None
    contact: str | None = field(default=None, repr=False)
    oldest_first: bool = False

    @property
    def exact(self) -> bool:
        """True when something is asked for that leaves few orders."""
        return bool(self.number or self.external_ref or self.contact)


@dataclass(frozen=True, slots=True)
class DeskOrder:
    """An order as the staff see it in a list. `contact` is empty where the buyer left none."""

    id: UUID
    number: str
    state: str
    channel: str
    total: Money
    paid_minor: int
    refunded_minor: int
    client_id: UUID | None
    buyer_ref: str | None = field(repr=False)
    contact: str = field(repr=False)
    external_ref: str | None
    payment_id: UUID | None
    placed_at: datetime
    pay_by: datetime
    paid_at: datetime | None
    deliver_by: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    refunded_at: datetime | None
    lines: tuple[LineView, ...]

    @property
    def quantity(self) -> int:
        """How many codes in all lines."""
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What a shop took on one day of its own time zone, by when orders were placed. Money in minor units."""

    day: date
    placed: int
    paid: int
    paid_minor: int
    refunded: int
    refunded_minor: int


@dataclass(frozen=True, slots=True)
class DeskFigures:
    """Numbers of the overview: by day, oldest first; delivery times of the latest 500 orders, None without data."""

    days: tuple[DayFigures, ...]
    delivered_p50_seconds: float | None
    delivered_p95_seconds: float | None
    overdue: int
    refunding: int


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """A move of a state: of the order or of a payment or refund of it."""

    machine: str
    subject_id: UUID
    from_state: str | None
    to_state: str
    actor: str
    cause: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BuyerOfShop:
    """A buyer as orders know one: the contact that was left, or the name of the browser or client's customer."""

    contact: str = field(repr=False)
    buyer_ref: str | None = field(repr=False)
    orders: int
    paid_orders: int
    paid_minor: int
    refunded_minor: int
    currency: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class NoteView:
    """An internal note on an order; `author` is an actor's name."""

    id: UUID
    author: str
    text: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class TrustView:
    """What a shop has really done lately; None where nothing was counted. Seconds, and parts of one."""

    delivered: int = 0
    delivered_p50_seconds: float | None = None
    delivered_p95_seconds: float | None = None
    refunded: int = 0
    refund_p50_seconds: float | None = None
    codes: int = 0
    codes_claimed: int = 0
    refunded_alone: int = 0
    counted_at: datetime | None = None

    @property
    def valid_rate(self) -> float | None:
        """The part of delivered codes that nobody said was bad."""
        return 1 - self.codes_claimed / self.codes if self.codes else None

    @property
    def alone_rate(self) -> float | None:
        """The part of refunds that no person had to start."""
        return self.refunded_alone / self.refunded if self.refunded else None
