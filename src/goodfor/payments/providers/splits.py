"""Splitting a payment at the channel (分账): part of the money goes to others without passing through our balance."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome
from goodfor.payments.providers.base import Account

ReceiverKind = Literal["merchant", "person"]
ShareState = Literal["pending", "succeeded", "failed"]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who may receive. `account`: merchant id, openid or user id; `name`: the full legal name, personal data.

    `relation` in the channel's words (SUPPLIER, DISTRIBUTOR, PARTNER ...); channels that know none ignore it.
    """

    kind: ReceiverKind
    account: str
    name: str = field(default="", repr=False)
    relation: str = "PARTNER"


@dataclass(frozen=True, slots=True)
class Share:
    """What one receiver gets."""

    receiver: Receiver
    amount: Money
    note: str = ""


@dataclass(frozen=True, slots=True)
class SplitAttempt:
    """A split as an adapter needs it. `number` is the same on every try. `finish`: the rest is released to us."""

    number: str
    payment_number: str
    channel_ref: str
    shares: tuple[Share, ...] = ()
    finish: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReturnAttempt:
    """Taking back what a receiver got. `number` is the same on every try."""

    number: str
    split_number: str
    payment_number: str
    channel_ref: str
    receiver: Receiver
    amount: Money
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShareResult:
    """What became of a share. `code`: why it failed, stable."""

    account: str
    amount: Money
    state: ShareState
    code: str = ""
    ref: str = ""


class Binder(Protocol):
    """A channel that wants to know receivers beforehand."""

    def bind_receiver(self, account: Account, receiver: Receiver, now: datetime) -> Outcome:
        """Make a receiver known; one that is known already is a success."""
        ...

    def unbind_receiver(self, account: Account, receiver: Receiver, now: datetime) -> Outcome:
        """Forget a receiver; one that is not known is a success."""
        ...


class Splitter(Binder, Protocol):
    """A channel that splits. Its limits are data, checked before anything is sent."""

    def split_limits(self, account: Account) -> "SplitLimits":
        """What is allowed in one call and in all."""
        ...

    def split(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """Ask for it. Pending: accepted. Succeeded: see `results_of`."""
        ...

    def query_split(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """Ask. Succeeded: over, with `ShareResult` for each share in `data["results"]`. Rejected(not_found)."""
        ...

    def unfreeze(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """Release what was not split to us."""
        ...

    def unsplit(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """What may still be split: Succeeded with `data["amount"]`, Money."""
        ...

    def return_split(self, account: Account, back: ReturnAttempt, now: datetime) -> Outcome:
        """Take money back from a receiver. Pending: accepted. Rejected: this number is over, use a new one."""
        ...

    def query_return(self, account: Account, back: ReturnAttempt, now: datetime) -> Outcome:
        """Ask. Rejected(not_found): the channel never heard of the number."""
        ...


@dataclass(frozen=True, slots=True)
class SplitLimits:
    """What a channel allows. `percent_of_payment`: the sum of all shares; None: no bound known.

    `wait_seconds` after the payment; `days` until the frozen money goes to us and can no longer be split.
    """

    receivers_per_call: int
    calls_per_payment: int
    percent_of_payment: int | None
    wait_seconds: int
    days: int


#: `config["split_hold_hours"]`: so long a payment stays whole, for refunds to come out of the frozen money.
HOLD_HOURS = 24


def hold_hours(account: Account) -> int:
    """How long a payment stays whole."""
    text = str(account.config.get("split_hold_hours", "")).strip()
    return int(text) if 0 < len(text) <= 4 and text.isascii() and text.isdigit() else HOLD_HOURS


def share_out_at(account: Account, limits: SplitLimits, paid_at: datetime) -> datetime:
    """When a payment is to be shared out: after the hold, never before the channel allows it, a day before its end."""
    wait = max(timedelta(hours=hold_hours(account)), timedelta(seconds=limits.wait_seconds))
    return paid_at + min(wait, timedelta(days=limits.days - 1))


def results_of(outcome: object) -> tuple[ShareResult, ...]:
    """The results in the outcome of `query_split` or of a `split` that was done at once."""
    data = getattr(outcome, "data", None) or {}
    return tuple(one for one in data.get("results", ()) if isinstance(one, ShareResult))
