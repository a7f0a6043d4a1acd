"""What a payment channel's adapter is: eight methods, values in, outcomes out.

What only some channels have stands beside it: bills (`bills.py`), splits (`splits.py`), disputes (`disputes.py`). An
adapter that has it implements that protocol as well.

An adapter touches no database row of payments and knows no order. It is called outside of transactions only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome, Succeeded
from goodfor.payments.types import Fact, Instruction, RawRequest

#: `Unknown.reason` when the call certainly never left this machine: it may be repeated without asking first.
NOT_SENT = "not_sent"
#: `Rejected.code` when the channel does not know the number.
NOT_FOUND = "not_found"
#: `Rejected.code` when the channel has no such call.
UNSUPPORTED = "unsupported"
#: `Rejected.code` of a query: the attempt is closed there and can never be paid.
CLOSED = "closed"
#: `Rejected.code` of a refund: our balance there is too low; the same number may be tried again after a top-up.
NO_FUNDS = "no_funds"
#: `Rejected.code` of a refund: the channel's window for this payment is over; the money must go another way.
WINDOW_OVER = "window_over"


@dataclass(frozen=True, slots=True)
class Account:
    """A channel account as an adapter sees it, secrets opened. Never logged, never stored, short-lived."""

    id: UUID
    shop_id: UUID
    code: str
    currency: str
    config: Mapping[str, Any]
    methods: tuple[str, ...]
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do with an account.

    `local_create`: the instruction is made without a call. `in_process`: no network at all, uses the database.
    `refund_repeatable`: a repeated refund number never pays twice. `instant`: refunds are done at the caller's commit.
    `refund_gap`: seconds that must lie between two refunds of the same payment. `freezes`: methods of
    payment whose money is kept back until it is split or given free (`splits.py`).
    """

    ack: bytes = b"success"
    nack: bytes = b"fail"
    local_create: bool = False
    in_process: bool = False
    can_query: bool = True
    can_close: bool = False
    can_query_refund: bool = False
    refund_repeatable: bool = False
    instant: bool = False
    refund_gap: int = 0
    freezes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A payment as an adapter needs it. `channel_ref` is empty until the channel gave its number.

    `payer` is who pays, by the channel's own id (openid), where the method needs it; `device` is one of pc, mobile,
    wechat, alipay, app.
    """

    number: str
    amount: Money
    method: str
    subject: str = ""
    notify_url: str = ""
    return_url: str = ""
    client_ip: str = ""
    device: str = ""
    channel_ref: str = ""
    expires_at: datetime | None = None
    payer: str = ""


@dataclass(frozen=True, slots=True)
class RefundAttempt:
    """A refund as an adapter needs it. `number` is the same on every try; `refunded_before`: what went back earlier.

    `notify_url` is the payment's, for channels that call about a refund as well.
    """

    number: str
    payment_number: str
    channel_ref: str
    amount: Money
    paid: Money
    refunded_before: Money
    reason: str = ""
    notify_url: str = ""


@dataclass(frozen=True, slots=True)
class ParsedNotify:
    """A callback whose signature, merchant and shape are right. No facts: it tells nothing that we act on."""

    event_key: str
    our_ref: str
    facts: tuple[Fact, ...]


class NotifyProblem(Exception):
    """A callback that proves nothing. `code` is stable and safe to store.

    `authentic`: the signature is right but the content is not ours or makes no sense; worth a case.
    """

    def __init__(self, code: str, *, authentic: bool = False, our_ref: str = "") -> None:
        self.code = code
        self.authentic = authentic
        self.our_ref = our_ref
        super().__init__(code)


class ConfigProblem(Exception):
    """A configuration that the adapter cannot work with; `field` names the entry."""

    def __init__(self, field_name: str, code: str) -> None:
        self.field_name = field_name
        self.code = code
        super().__init__(f"{field_name}: {code}")


class Provider(Protocol):
    """A payment channel."""

    def capabilities(self, account: Account) -> Capabilities:
        """What it can do with this account."""
        ...

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless config and secrets are complete and well-formed. No call is made."""
        ...

    def create(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Make the attempt known to the channel. Succeeded: see `created`; the same number is the same attempt."""
        ...

    def query(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Ask. Succeeded: paid, see `paid`. Pending: not paid yet. Rejected: never to be paid, or not known there."""
        ...

    def close(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Make it unpayable. Rejected(unsupported) where the channel cannot."""
        ...

    def refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:
        """Give money back. Pending: accepted, not finished."""
        ...

    def query_refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:
        """Ask. Rejected(not_found): the channel never heard of the number. Other Rejected: it failed for good."""
        ...

    def parse_notify(self, account: Account, raw: RawRequest, now: datetime) -> ParsedNotify:
        """Verify and read a callback, over its raw bytes. Raises NotifyProblem."""
        ...


def created(instruction: Instruction, ref: str = "") -> Succeeded:
    """The outcome of a `create` that worked."""
    return Succeeded(ref=ref, data={"instruction": instruction})


def instruction_of(outcome: Succeeded) -> Instruction:
    """The instruction in the outcome of `create`."""
    instruction = outcome.data["instruction"]
    if not isinstance(instruction, Instruction):
        raise TypeError("not the outcome of a create")
    return instruction


def paid(fact: Fact) -> Succeeded:
    """The outcome of a `query` that found money."""
    return Succeeded(ref=fact.channel_ref, data={"fact": fact})


def fact_of(outcome: Succeeded) -> Fact:
    """The fact in the outcome of `query`."""
    fact = outcome.data["fact"]
    if not isinstance(fact, Fact):
        raise TypeError("not the outcome of a query")
    return fact
