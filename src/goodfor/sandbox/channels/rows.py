"""Rows of the books as values, and how a channel refuses. Money is integer minor units, time is milliseconds."""

import json
from dataclasses import dataclass, field
from typing import Any, Protocol


class Refused(Exception):
    """A refusal that the protocol can express. `code` is the channel's own word, `status` the HTTP status."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.message = message or code
        self.status = status


class BookRefused(Exception):
    """The books do not allow it. `why`: not_paid, closed, paid, too_much, reused, not_found, differs."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Payment:
    """One payment, asked for, paid or closed. `detail` is what the channel keeps beside, as JSON."""

    seq: int
    channel: str
    merchant: str
    number: str
    ref: str
    alias: str
    kind: str
    amount: int
    currency: str
    state: str
    refunded: int
    fee: int
    splitting: int
    subject: str
    notify_url: str
    return_url: str
    detail: str
    created_ms: int
    seen_ms: int | None
    paid_ms: int | None
    closed_ms: int | None
    expires_ms: int | None
    late_pay_ms: int | None

    @property
    def more(self) -> dict[str, Any]:
        """The detail as a dictionary."""
        found: dict[str, Any] = json.loads(self.detail)
        return found

    @property
    def token(self) -> str:
        """What names of other objects of the same payment end with, where a channel has several."""
        return self.ref.split("_", 1)[-1]


@dataclass(frozen=True)
class Refund:
    """Money given back, or about to be. `key` is what makes it the same refund when it is asked for again."""

    seq: int
    channel: str
    key: str
    number: str
    ref: str
    payment: int
    amount: int
    fee_back: int
    state: str
    settle_ms: int | None
    settle_to: str
    reason: str
    notify_url: str
    created_ms: int
    ended_ms: int | None


@dataclass(frozen=True)
class Split:
    """One request to split a payment; its shares are rows of their own."""

    seq: int
    channel: str
    merchant: str
    number: str
    ref: str
    payment: int
    asked: str
    finish: int
    created_ms: int
    settle_ms: int


@dataclass(frozen=True)
class Share:
    """One receiver's part of a split."""

    id: str
    split: int
    type: str
    account: str
    amount: int
    description: str
    state: str
    fail_reason: str
    ended_ms: int | None


@dataclass(frozen=True)
class Return:
    """A share, or a part of it, that came back."""

    seq: int
    channel: str
    merchant: str
    number: str
    ref: str
    split: int
    account: str
    amount: int
    description: str
    state: str
    fail_reason: str
    created_ms: int


@dataclass(frozen=True)
class Agreement:
    """A buyer's consent to be charged again. `announced`: the sum of the charge to come, where it is told before.

    `announced_for`: the payment that was made by that announcement.
    """

    seq: int
    channel: str
    merchant: str
    number: str
    ref: str
    token: str
    subject: str
    most: int
    currency: str
    state: str
    ended_by: str
    notify_url: str
    return_url: str
    detail: str
    announced: int | None
    announced_for: int | None
    opens_ms: int | None
    closes_ms: int | None
    created_ms: int
    signed_ms: int | None
    ended_ms: int | None

    @property
    def more(self) -> dict[str, Any]:
        """The detail as a dictionary."""
        found: dict[str, Any] = json.loads(self.detail)
        return found


@dataclass(frozen=True)
class Dispute:
    """A buyer's objection at his bank."""

    seq: int
    channel: str
    ref: str
    payment: int
    amount: int
    reason: str
    state: str
    evidence: str
    submitted: int
    due_ms: int
    created_ms: int
    ended_ms: int | None


@dataclass(frozen=True)
class Wanted:
    """A payment that a merchant asks for, checked and typed."""

    channel: str
    merchant: str
    number: str
    ref: str
    kind: str
    amount: int
    currency: str
    subject: str
    alias: str = ""
    notify_url: str = ""
    return_url: str = ""
    splitting: bool = False
    expires_ms: int | None = None
    seen: bool = True
    detail: dict[str, Any] = field(default_factory=dict)


class Told(Protocol):
    """What something is told about: its channel, its number by which faults are chosen, and its own name."""

    @property
    def channel(self) -> str:
        """Of the four."""
        ...

    @property
    def number(self) -> str:
        """The merchant's."""
        ...

    @property
    def ref(self) -> str:
        """The channel's."""
        ...


@dataclass(frozen=True)
class Event:
    """Something that a channel tells the merchant: its own name of it and the content, before sealing."""

    name: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Outgoing:
    """A notify ready to be sent."""

    body: bytes
    headers: dict[str, str]
    method: str = "POST"
