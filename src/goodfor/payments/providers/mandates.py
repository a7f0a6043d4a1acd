"""Stored consent to be charged again (委托代扣, 周期扣款, off-session): what a channel has that knows it.

A charge is an attempt like any other, with the method `mandate` and the contract's number as its `payer`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome, Succeeded
from goodfor.payments.providers.base import NO_FUNDS, Account, Attempt
from goodfor.payments.types import MANDATE as MANDATE
from goodfor.payments.types import Cycle

#: `Rejected.code` of a question about a mandate: it was signed and is no more, or can never be signed.
ENDED: Final = "ended"
#: `Rejected.code` of a charge: the contract is over.
MANDATE_ENDED: Final = "mandate_ended"
#: The buyer has to do something himself: confirm, take another card, pay by hand.
NEEDS_BUYER: Final = "needs_buyer"
#: More, or more often, than the holder or his bank allows.
LIMIT: Final = "limit"
OTHER: Final = "other"
CODES: Final = frozenset({NO_FUNDS, MANDATE_ENDED, NEEDS_BUYER, LIMIT})


@dataclass(frozen=True, slots=True)
class Consent:
    """A mandate as an adapter needs it. `number` is ours; `sign_ref` and `ref` are the channel's, empty until known."""

    number: str
    most: Money
    cycle: Cycle
    subject: str
    holder_name: str
    notify_url: str = ""
    return_url: str = ""
    client_ip: str = ""
    device: str = ""
    payer: str = ""
    sign_ref: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class MandateTerms:
    """What a channel demands. `announces`: the holder is told before a charge, which then has a window of time."""

    announces: bool = False


@dataclass(frozen=True, slots=True)
class ChargeWindow:
    """When a charge that was announced is taken."""

    opens_at: datetime
    closes_at: datetime


class Mandates(Protocol):
    """A channel that charges by a stored consent."""

    def mandate_terms(self, account: Account) -> MandateTerms | None:
        """None where this account's contract with the channel does not have it. No call is made."""
        ...

    def sign(self, account: Account, consent: Consent, now: datetime) -> Outcome:
        """Make it known. Succeeded: where the holder signs (`base.created`); the same number is the same contract."""
        ...

    def query_mandate(self, account: Account, consent: Consent, now: datetime) -> Outcome:
        """Ask. Succeeded: signed, `ref` is the contract's number. Pending: not yet. Rejected(ended, not_found)."""
        ...

    def end_mandate(self, account: Account, consent: Consent, now: datetime) -> Outcome:
        """End it. Succeeded as well where it was over, or never was."""
        ...

    def announce(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Have the holder told of the charge to come. Succeeded: see `announced`; again is the same announcement."""
        ...

    def charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Take the money. Succeeded: see `base.paid`. The same number never takes it twice. Rejected: see `CODES`."""
        ...

    def query_charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Ask. As `Provider.query`, but Rejected(not_found) says that the channel has never heard of the number."""
        ...

    def close_charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Make sure that nothing comes of it any more. Rejected(unsupported) where nothing is left open there."""
        ...


def announced(window: ChargeWindow) -> Succeeded:
    """The outcome of an `announce` that worked."""
    return Succeeded(data={"window": window})


def window_of(outcome: Succeeded) -> ChargeWindow:
    """The window in the outcome of `announce`."""
    window = outcome.data["window"]
    if not isinstance(window, ChargeWindow):
        raise TypeError("not the outcome of an announcement")
    return window
