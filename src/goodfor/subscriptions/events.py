"""Facts about subscriptions."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class RenewalAnnounced(Event):
    """A period will be charged at `charge_at` (ISO 8601). Written by sql/renew.sql."""

    name: ClassVar[str] = "subscriptions.renewal_announced"
    subscription_id: UUID
    period_id: UUID
    owner: UUID
    amount_minor: int
    currency: str
    charge_at: str


@dataclass(frozen=True, slots=True)
class PeriodPaid(Event):
    """The money of a period is there: its picks are open from its beginning on. `kind`: first, renewal, upgrade."""

    name: ClassVar[str] = "subscriptions.period_paid"
    subscription_id: UUID
    period_id: UUID
    owner: UUID
    kind: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ChargeFailed(Event):
    """A period could not be charged. `next_try_at` empty: it is not tried again. `kind`: as of `PeriodPaid`."""

    name: ClassVar[str] = "subscriptions.charge_failed"
    subscription_id: UUID
    period_id: UUID
    owner: UUID
    kind: str
    attempt: int
    code: str
    amount_minor: int
    currency: str
    next_try_at: str


@dataclass(frozen=True, slots=True)
class MandateLost(Event):
    """The consent is over at the channel: nothing is renewed unless it is signed anew. `until`: paid until then."""

    name: ClassVar[str] = "subscriptions.mandate_lost"
    subscription_id: UUID
    owner: UUID
    until: str


@dataclass(frozen=True, slots=True)
class SubscriptionEnded(Event):
    """It is over; `why` is one of `states.WHYS`."""

    name: ClassVar[str] = "subscriptions.subscription_ended"
    subscription_id: UUID
    owner: UUID
    why: str


@dataclass(frozen=True, slots=True)
class PicksWaiting(Event):
    """So many picks are not made, and the period ends in `days` days. Written by sql/remind.sql."""

    name: ClassVar[str] = "subscriptions.picks_waiting"
    subscription_id: UUID
    period_id: UUID
    owner: UUID
    left: int
    days: int
    ends_at: str


@dataclass(frozen=True, slots=True)
class PicksSettled(Event):
    """What nobody picked was given as the plan says: `goods`, `points`, or kept `open` for a while where goods failed.

    `order_numbers`: of goods.
    """

    name: ClassVar[str] = "subscriptions.picks_settled"
    subscription_id: UUID
    period_id: UUID
    owner: UUID
    given: str
    picks: int
    order_numbers: tuple[str, ...] = ()
