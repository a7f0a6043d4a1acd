"""A stored consent to be charged again, and what is charged by it. Part of `types`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from goodfor.kernel.money import Money

CycleUnit = Literal["day", "month"]
#: `Payment.method` of what is charged by a mandate.
MANDATE: Final = "mandate"


@dataclass(frozen=True, slots=True)
class Cycle:
    """How often somebody is charged, every `count` days or months, and the first time. Channels show it to him."""

    unit: CycleUnit
    count: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """What the channel wants to know of who signs. `subject` and `holder_name` are shown there: no secrets.

    `payer`: his id at the channel (openid), where it is known; `device` as of a payment.
    """

    subject: str
    holder_name: str
    notify_url: str
    return_url: str
    client_ip: str = ""
    device: str = ""
    payer: str = ""


@dataclass(frozen=True, slots=True)
class MandateView:
    """A consent. `holder` is whatever its owner wrote there; `ref` is the channel's number, empty until it is signed.

    `ended_by` empty: not ended. `failure`: why it never came about.
    """

    id: UUID
    shop_id: UUID
    account_id: UUID
    provider: str
    account_code: str
    number: str
    holder: str
    subject: str
    state: str
    most: Money
    cycle: Cycle
    ref: str
    failure: str
    ended_by: str
    created_at: datetime
    active_at: datetime | None
    ended_at: datetime | None

    @property
    def chargeable(self) -> bool:
        """True while somebody may be charged by it."""
        return self.state == "active"


@dataclass(frozen=True, slots=True)
class ChargeView:
    """One charge by a mandate. `code`: why it was refused. `opens_at`: it waits for the channel's window until then."""

    id: UUID
    shop_id: UUID
    mandate_id: UUID
    payment_id: UUID
    business_key: str
    source_type: str
    source_id: UUID
    amount: Money
    state: str
    code: str
    opens_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
