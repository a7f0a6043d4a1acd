"""What goes in and out of a connector. Costs are exact decimals of a currency, never a binary float; times aware UTC.

The words follow the union of what suppliers have: a connector maps its own into these, and what it does not know into
the careful one (`unknown`, `doubt`, `processing`), never into failure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

GoodsKind = Literal["card", "direct", "ticket", "link", "image", "manual"]
#: `in_stock`, `low`: probably; only buying tells.
StockWord = Literal["exact", "in_stock", "low", "out", "unlimited", "unknown"]
SaleState = Literal["on", "paused", "banned", "deleted"]
#: `unpaid`: nothing will be delivered and nothing failed. `failed`: never charged, or money back. `doubt`: they say so.
OrderState = Literal[
    "unpaid", "accepted", "processing", "partial", "success", "failed", "cancelling", "cancelled", "refunding",
    "refunded", "doubt",
]  # fmt: skip
CodeState = Literal["unused", "processed", "used", "voided", "voiding", "expired", "refunding", "invalid", "unknown"]
#: Why there certainly is no order. What the hub does about it: see `docs/connectors.md`.
#: `not_sent`: nothing left this machine. `account`: the buyer's own data is wrong, no other supplier will do.
Refusal = Literal[
    "not_sent", "config", "throttled", "balance", "stock", "off_sale", "price", "account", "busy", "risk", "request",
    "failed",
]  # fmt: skip
FieldType = Literal["text", "password", "number", "choice", "choices", "cascade", "long", "image"]


@dataclass(frozen=True, slots=True)
class Site:
    """One supplier as a connector sees it: an account at one address. Secrets opened, short-lived, never logged."""

    id: UUID
    shop_id: UUID
    code: str
    currency: str
    config: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """A definite no. `code` is the supplier's own word for it, short and safe to store."""

    why: Refusal
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """No usable answer: asked about, never guessed. `reason` is stable and safe to store."""

    reason: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left at the supplier; may be below zero. `credit`: how far below it may go."""

    amount: Decimal
    currency: str
    credit: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing that is asked of the buyer. `format` is a name of `formats.py`; `regex` the supplier's own."""

    key: str
    label: str
    type: FieldType = "text"
    required: bool = True
    hint: str = ""
    format: str = ""
    regex: str = ""
    #: (value that is sent, words).
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Stock:
    """How much there is; `count` with `exact` only."""

    word: StockWord = "unknown"
    count: int | None = None


@dataclass(frozen=True, slots=True)
class ItemSku:
    """A variant that is ordered by an id of its own."""

    id: str
    name: str
    cost: Decimal
    stock: Stock = Stock()
    on_sale: bool = True


@dataclass(frozen=True, slots=True)
class Category:
    """A node of a supplier's tree; `parent` empty at the top."""

    id: str
    name: str
    parent: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Something a supplier sells. `multiple`: buying one delivers and charges so many units.

    `channels` empty: everywhere; `banned_channels` never. `floors`: the least price by channel. `closed`: daily times
    ("23:00", "06:00") without sale, in the supplier's time zone, which may cross midnight.
    """

    id: str
    name: str
    kind: GoodsKind
    cost: Decimal
    currency: str
    state: SaleState = "on"
    stock: Stock = Stock()
    category: str = ""
    brand: str = ""
    face_value: Decimal | None = None
    face_currency: str = ""
    least: int = 1
    most: int | None = None
    multiple: int = 1
    form: tuple[FormField, ...] = ()
    skus: tuple[ItemSku, ...] = ()
    channels: frozenset[str] = frozenset()
    banned_channels: frozenset[str] = frozenset()
    floors: Mapping[str, Decimal] = field(default_factory=dict)
    closed: tuple[tuple[str, str], ...] = ()
    refundable: bool | None = None
    repeatable: bool | None = None
    warranty_seconds: int | None = None
    excluded_countries: frozenset[str] = frozenset()
    image: str = ""
    text: str = ""
    #: False where a list leaves it out: form and limits are to be read with `item`.
    whole: bool = True


@dataclass(frozen=True, slots=True)
class ItemPage:
    """A piece of a catalogue. `cursor` None: the end. Opaque to everybody but the connector."""

    items: tuple[Item, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What buying would cost now: `unit` for one, `total` for all that was asked about."""

    unit: Decimal
    total: Decimal
    currency: str
    stock: Stock
    on_sale: bool


@dataclass(frozen=True, slots=True)
class Code:
    """One delivered unit. A `link` is as secret as a password and is never fetched; `image` are the bytes, checked."""

    number: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    link: str = field(default="", repr=False)
    image: bytes = field(default=b"", repr=False)
    verify_code: str = field(default="", repr=False)
    valid_from: datetime | None = None
    expires_at: datetime | None = None
    uses: int | None = None
    #: The supplier's number of it, for `code_state` and `void`.
    ref: str = ""
    #: Whether they say that this one may be taken back; None: they say nothing.
    voidable: bool | None = None


@dataclass(frozen=True, slots=True)
class CodeNow:
    """What became of a code, with the time of its use where they tell that."""

    state: CodeState
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """One purchase. `number` is ours, 18 digits, the same on every try and used once. `max_cost` is for all of it."""

    number: str
    item_id: str
    quantity: int
    max_cost: Decimal
    currency: str
    sku_id: str = ""
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    notify_url: str = ""
    buyer_ip: str = field(default="", repr=False)
    channel: str = ""
    #: Of the buyer's order, for suppliers that check what they are sold for.
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """They have it and will deliver. `cost`: what was charged, where they say."""

    ref: str = ""
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """Done, codes and all (none for a top-up)."""

    ref: str = ""
    cost: Decimal | None = None
    codes: tuple[Code, ...] = field(default=(), repr=False)


Placed = Accepted | Delivered | Refused | Doubt


@dataclass(frozen=True, slots=True)
class OrderRef:
    """How an order is asked about: our number, theirs where known, and when it was sent."""

    number: str
    ref: str
    placed_at: datetime
    item_id: str = ""
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Order:
    """How an order stands. Delivery and money are two axes: a word never proves a refund, `refunded` does.

    `codes` empty while `has_codes`: they are to be fetched. `message`: the supplier's words for the buyer.
    """

    state: OrderState
    number: str
    ref: str = ""
    charged: Decimal | None = None
    refunded: Decimal = Decimal(0)
    codes: tuple[Code, ...] = field(default=(), repr=False)
    has_codes: bool = False
    #: Units of a top-up that were done, where they say.
    done: int | None = None
    message: str = ""
    #: Their own word, for the record.
    word: str = ""


@dataclass(frozen=True, slots=True)
class NotFound:
    """They do not know the number (now). Proof only after `Descriptor.found_after` and when said twice."""


Asked = Order | NotFound | Refused | Doubt


@dataclass(frozen=True, slots=True)
class Ticket:
    """A complaint. `state`: waiting, handling, done or ended."""

    ref: str
    state: Literal["waiting", "handling", "done", "ended"]
    reply: str = ""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A line of a supplier's own account of a day; what they charged is negative."""

    at: datetime
    amount: Decimal
    currency: str
    number: str = ""
    ref: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """Something happened to an order. `told`: what the signature covers of it; the rest is to be asked for."""

    number: str
    ref: str = ""
    told: Order | None = None


@dataclass(frozen=True, slots=True)
class ItemEvent:
    """Something changed about an item: a hint, the item is read again."""

    item_id: str


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """Something happened to a complaint."""

    ticket: Ticket
    number: str = ""
    ref: str = ""


Event = OrderEvent | ItemEvent | TicketEvent


@dataclass(frozen=True, slots=True)
class Call:
    """A call from outside as it came: header names in lower case, query and body as bytes."""

    method: str
    path: str
    query: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Heard:
    """A call whose signature is right. `key` is the same for a repeat; `ack` is answered byte by byte."""

    key: str
    events: tuple[Event, ...]
    ack: bytes = b"ok"
    ack_type: str = "text/plain"


class CallProblem(Exception):
    """A call that proves nothing. `code` is stable and safe to store; the caller learns none of it."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class ConfigProblem(Exception):
    """A supplier's settings that the connector cannot work with; `field_name` names the entry."""

    def __init__(self, field_name: str, code: str) -> None:
        self.field_name = field_name
        self.code = code
        super().__init__(f"{field_name}: {code}")
