"""What the stand-ins of suppliers speak about, in words of no vendor. Amounts are Decimals, times Unix milliseconds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal

from goodfor.sandbox.web import Response

#: Books keep amounts as whole ten-thousandths.
SCALE: Final = 10_000
#: Why a call is refused; the vendor has its own word for each.
Why = Literal[
    "signature", "clock", "config", "throttled", "balance", "stock", "off_sale", "price", "account", "busy", "risk",
    "request", "duplicate", "not_found", "failed", "unknown",
]  # fmt: skip
#: `odd`: what the vendor's own list of states does not have.
State = Literal[
    "unpaid", "accepted", "processing", "partial", "success", "failed", "cancelling", "cancelled", "refunding",
    "refunded", "odd",
]  # fmt: skip
#: States after which nothing happens by itself.
ENDED: Final = frozenset({"success", "partial", "failed", "cancelled", "refunded"})


class Refused(Exception):
    """The vendor says no. `why` is neutral, `text` is for people."""

    def __init__(self, why: str, text: str = "") -> None:
        self.why = why
        self.text = text
        super().__init__(why)


class Instead(Exception):
    """A fault answers in the vendor's place."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__("fault")


def stored(amount: Decimal) -> int:
    """An amount as the books keep it. Raises ValueError when it has more than four decimals."""
    scaled = amount * SCALE
    if scaled != scaled.to_integral_value():
        raise ValueError("more than four decimals")
    return int(scaled)


def amount_of(value: int) -> Decimal:
    """An amount of the books, with four decimals."""
    return (Decimal(value) / SCALE).quantize(Decimal("0.0001"))


def two(amount: Decimal) -> str:
    """ "9.90": as many decimals as it needs, two at least."""
    exact = amount.quantize(Decimal("0.0001"))
    text = format(exact, "f")
    return text[:-2] if text.endswith("00") else text[:-1] if text.endswith("0") else text


@dataclass(frozen=True)
class Site:
    """One account at one supplier. `push_url`: where changes of items go, and orders without an address."""

    id: int
    vendor: str
    name: str
    currency: str
    credit: Decimal
    balance: Decimal
    push_url: str
    #: Until a delivery that does not come with the reply.
    delay_ms: int

    @property
    def key(self) -> str:
        """`vendor/name`: its path, and how switches name it."""
        return f"{self.vendor}/{self.name}"


@dataclass(frozen=True)
class Item:
    """Something for sale. `form` and `detail` are the vendor's own: whatever `seed` or `change` put there."""

    id: str
    name: str
    kind: str
    cost: Decimal
    face: Decimal
    stock: int | None
    state: str
    category: str
    form: list[dict[str, Any]]
    detail: dict[str, Any]


@dataclass(frozen=True)
class Code:
    """One unit as it is shown. `honest` False: a fault made it."""

    ref: str
    number: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    link: str = field(default="", repr=False)
    image: bytes = field(default=b"", repr=False)
    #: unused, processed, used, invalid, voiding, voided.
    state: str = "unused"
    honest: bool = True
    used_ms: int | None = None


@dataclass(frozen=True)
class Order:
    """An order in the books. `number` is the buyer's, `ref` the supplier's (digits), `detail` the vendor's own notes.

    `state` is what is to be shown, so perhaps `odd`. `done`: units delivered.
    """

    seq: int
    site: int
    ref: str
    number: str
    item: str
    sku: str
    kind: str
    quantity: int
    unit_cost: Decimal
    charged: Decimal
    refunded: Decimal
    state: str
    done: int
    hint: str
    form: dict[str, str]
    notify_url: str
    detail: dict[str, Any]
    created_ms: int
    ended_ms: int | None
    codes: tuple[Code, ...] = ()
    #: True where `create` made it, False where it was there before.
    new: bool = False


@dataclass(frozen=True)
class Wanted:
    """A purchase, as a vendor read it. Guards that are None are not looked at; `exact` is per unit.

    `units`: what one bought delivers and charges (a vendor's "multiple").
    """

    number: str
    item: str
    quantity: int
    sku: str = ""
    max_unit: Decimal | None = None
    max_total: Decimal | None = None
    exact: Decimal | None = None
    units: int = 1
    #: Where a variant has a price of its own.
    unit_cost: Decimal | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    notify_url: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ticket:
    """A complaint. `state`: waiting, handling, done, ended."""

    ref: str
    order: str
    number: str
    text: str
    state: str
    reply: str
    notify_url: str


@dataclass(frozen=True)
class Outgoing:
    """A call as it goes out, signed. `ack`: what the answer's body must be, trimmed; empty: any 2xx will do."""

    url: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ack: bytes = b"ok"
    method: str = "POST"


def compact(value: Any) -> str:
    """JSON as most vendors write it: nothing escaped, no spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
