"""What a connector to suppliers is: four parts, none with more than eight methods, and facts about it as data.

One connector speaks one protocol; every supplier who uses it is a `Site`. It keeps nothing, touches no table, knows no
order of ours and is called outside of transactions only. Whatever goes wrong outside becomes a value (`Refused`,
`Doubt`), never an exception. The hub above knows no vendor: it decides by `Descriptor` alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

from goodfor.supply.providers.values import (
    Asked,
    Balance,
    Call,
    Category,
    Code,
    CodeNow,
    CodeState,
    Doubt,
    GoodsKind,
    Heard,
    Item,
    ItemPage,
    OrderRef,
    Placed,
    PlaceRequest,
    Quote,
    Refused,
    Site,
    StatementRow,
    Ticket,
)
from goodfor.supply.providers.wire import Wire

#: What a repeated number does at the supplier.
Repeat = Literal["same", "refused", "new_after_failure", "unsafe"]
#: By what an order is found again. `list`: only by looking through a list of the time.
FoundBy = Literal["number", "ref", "both", "list", "nothing"]
#: What `max_cost` is to them: nothing, per unit, for all, or a price that must be exact. `agreed`: nobody is asked, the
#: price list that we hold is the price.
Guard = Literal["none", "unit", "total", "exact", "agreed"]
#: What a call's signature covers. `secret`: nothing, only a shared word proves the caller.
Signed = Literal["all", "part", "secret", "nothing"]


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many calls in so many seconds. `method`: a method of a part, `*` for all together."""

    method: str
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Descriptor:
    """Facts about a protocol. `number`: what our number must look like there.

    `found_after`: seconds after which "not found" may mean that it never came. `found_days`: how far back a question
    works; None: no bound known. `partial_refunds`: a finished order may give part of the money back. `forwards`: states
    may go backwards (success, then refunded). `zone`: of the supplier's times.
    """

    protocol: str
    label: Any
    kinds: frozenset[GoodsKind]
    repeat: Repeat
    found_by: FoundBy
    guard: Guard
    inline: bool
    calls: Signed
    currency: str = "CNY"
    number: str = r"[0-9]{18}"
    found_after: int = 180
    found_days: int | None = 30
    rates: tuple[Rate, ...] = ()
    clock_skew: int | None = None
    partial_refunds: bool = False
    #: Calls repeat so many seconds after each other; empty: not known.
    retries: tuple[int, ...] = ()
    zone: str = "Asia/Shanghai"
    #: Seconds that the buying call is given.
    patience: float = 35.0
    #: `code_state` tells used from unused, not only what was given back.
    tells_used: bool = True
    #: `void` takes all of an order back: of use where it is of one code.
    voids_orders: bool = False


@dataclass(frozen=True, slots=True)
class SettingField:
    """A field of the form that connects a supplier. `kind`: text, long, choice or flag. Secrets are never shown."""

    key: str
    label: Any
    hint: Any = ""
    kind: str = "text"
    secret: bool = False
    required: bool = True
    default: str = ""
    choices: tuple[tuple[str, Any], ...] = ()


class Catalogue(Protocol):
    """What there is to buy."""

    def check(self, site: Site) -> None:
        """Raise ConfigProblem for settings that cannot work: shapes, keys, an unsafe address. No call."""
        ...

    def balance(self, site: Site, wire: Wire) -> Balance | Refused | Doubt:
        """What is left; also the harmless call that tests a connection."""
        ...

    def categories(self, site: Site, wire: Wire) -> Sequence[Category] | Refused | Doubt:
        """The tree, parents first; empty where the protocol has none."""
        ...

    def page(self, site: Site, wire: Wire, cursor: str | None, changed_since: int | None) -> ItemPage | Refused | Doubt:
        """The next piece of the catalogue. `changed_since`: Unix seconds, a wish that a protocol may ignore."""
        ...

    def item(self, site: Site, wire: Wire, item_id: str) -> Item | Refused | Doubt:
        """One item, whole, with its form. Refused(off_sale): there is none (any more)."""
        ...

    def quote(
        self, site: Site, wire: Wire, item_id: str, sku_id: str, quantity: int
    ) -> Quote | Refused | Doubt:  # fmt: skip
        """What buying would cost now."""
        ...

    def check_account(
        self, site: Site, wire: Wire, item: Item, form: Mapping[str, str]
    ) -> Mapping[str, str] | Refused | Doubt:  # fmt: skip
        """Field -> what is wrong with it, by the supplier's own check; empty: fine, or they offer none."""
        ...


class Purchase(Protocol):
    """Buying, once."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """Buy. Refused only where there certainly is no order and no money moved; a known number is Doubt."""
        ...

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """How it stands. A word that is not known is `processing`, never failure."""
        ...

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """What was delivered, where `query` does not bring it along."""
        ...

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:
        """Ask for the money back of what is not delivered. Accepted: asked for, never "refunded"."""
        ...


class AfterSale(Protocol):
    """What comes after."""

    def code_state(self, site: Site, wire: Wire, code_ref: str) -> CodeState | CodeNow | Refused | Doubt:
        """Whether a code was used, by the supplier's word; `invalid`: they do not know such a code (any more)."""
        ...

    def void(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused | Doubt:
        """Ask to take an unused code back; "voiding" is not "voided"."""
        ...

    def complain(
        self, site: Site, wire: Wire, order: OrderRef, text: str, images: Sequence[bytes], notify_url: str
    ) -> Ticket | Refused | Doubt:
        """Open a complaint."""
        ...

    def ticket(self, site: Site, wire: Wire, ref: str) -> Ticket | Refused | Doubt:
        """How it stands."""
        ...

    def statement(self, site: Site, wire: Wire, day: date) -> Sequence[StatementRow] | Refused | Doubt:
        """Their account of a day in their time zone."""
        ...


class Webhook(Protocol):
    """What they tell by themselves."""

    def hear(self, site: Site, call: Call, now: float) -> Heard:
        """Verify over the raw bytes, then read. Raises CallProblem. `now`: Unix seconds."""
        ...

    def subscribe(self, site: Site, wire: Wire, item_ids: Sequence[str], url: str) -> Refused | Doubt | None:
        """Have changes of these items told to that address; None: done, or nothing to do."""
        ...

    def unsubscribe(self, site: Site, wire: Wire, item_ids: Sequence[str]) -> Refused | Doubt | None:
        """No more."""
        ...


@dataclass(frozen=True, slots=True)
class Connector:
    """A protocol's parts. What it does not have is None."""

    about: Descriptor
    settings: tuple[SettingField, ...]
    catalogue: Catalogue
    purchase: Purchase
    after: AfterSale | None = None
    webhook: Webhook | None = None
    #: What really exists (code_state, void, complain, ticket, statement, cancel, codes, check_account).
    can: frozenset[str] = field(default_factory=frozenset)
