"""What goes into partners and comes out. Units are whole; amounts are minor units of the account's currency."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.orders.types import HoldOrder


@dataclass(frozen=True, slots=True)
class AccountWish:
    """A partner as it is asked for. `secret` empty: the one that is there stays. Meanings as in `models.Account`."""

    name: str
    app_key: str
    secret: str = field(default="", repr=False)
    signing: str = "md5"
    login_url: str = ""
    deduct_url: str = ""
    notice_url: str = ""
    query_url: str = ""
    ips: tuple[str, ...] = ()
    value_centi: int = 100
    call_most: int = 10_000
    day_most: int = 1_000_000
    add_call_most: int = 0
    add_day_most: int = 0
    enabled: bool = False


@dataclass(frozen=True, slots=True)
class AccountView:
    """A partner; its secret is never shown."""

    id: UUID
    shop_id: UUID
    code: str
    role: str
    wish: AccountWish
    currency: str
    made_at: datetime
    changed_at: datetime
    changed_by: str

    @property
    def name(self) -> str:
        """What people call it."""
        return self.wish.name


@dataclass(frozen=True, slots=True)
class Call:
    """A call from a partner as it came; `ip`: from where."""

    query: bytes = field(repr=False)
    body: bytes = field(repr=False)
    ip: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered to a partner."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What a mall told of an order, and how often."""

    success: bool
    biz_id: str
    message: str
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SupplyView:
    """Goods of ours that a mall had us supply: what it calls them, and the member's order."""

    goods: str
    state: str
    why: str
    order_id: UUID


@dataclass(frozen=True, slots=True)
class SpendView:
    """A number of a mall's, and what we did for it. `owner`: the member; None where nobody was known."""

    id: UUID
    order_num: str
    kind: str
    state: str
    owner: UUID | None
    units: int
    actual: Money
    goods: str
    description: str
    why: str
    odd: str
    at: datetime
    ended_at: datetime | None
    questions: int
    notices: tuple[NoticeView, ...] = ()
    supply: SupplyView | None = None


@dataclass(frozen=True, slots=True)
class MovementView:
    """A line of a month's settlement."""

    at: datetime
    what: str
    order_num: str
    units: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a month moved between a partner and us: `total` is owed by us to a mall, to us by an app.

    `opening`: all that moved before; `booked`: what the books say is owed now, with what was paid of it.
    """

    rows: tuple[MovementView, ...]
    count: int
    units: int
    opening: Money
    total: Money
    booked: Money

    @property
    def closing(self) -> Money:
        """All that moved until the end of the month."""
        return self.opening + self.total


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody of a partner's who came in. `units`: points as the partner said then; `known`: signed in there."""

    account_id: UUID
    code: str
    name: str
    uid: str
    units: int
    known: bool


@dataclass(frozen=True, slots=True)
class OfferView:
    """A SKU for a partner's people."""

    sku_id: UUID
    units: int
    on: bool


@dataclass(frozen=True, slots=True)
class ExchangeWish:
    """What somebody wants. `units` as the page showed them; `request_key`: the same again is the same exchange.

    `order_id`: under which its judge knows it; `hold`: how long it is to wait, as the judge said.
    """

    uid: str
    sku_id: UUID
    units: int
    request_key: str
    order_id: UUID
    hold: HoldOrder | None = None
    ip: str = ""


@dataclass(frozen=True, slots=True)
class WordView:
    """What a partner is told of an exchange; `attempts`: when, and what it answered."""

    id: UUID
    success: bool
    state: str
    next_at: datetime | None
    attempts: tuple[tuple[datetime, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """An exchange. `worth`: what the partner owes for it; `secret`: opens its order, only right after it was placed."""

    id: UUID
    order_num: str
    uid: str
    sku_id: UUID
    units: int
    worth: Money
    state: str
    biz_id: str
    why: str
    order_id: UUID
    at: datetime
    secret: str = field(default="", repr=False)
    words: tuple[WordView, ...] = ()
