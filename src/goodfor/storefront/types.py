"""What the storefront's pages are made of."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Grant:
    """This browser has proved that an order is its own: at `proved_at` (aware UTC) for the last time.

    `buyer_id` is set where the order belongs to the account that is signed in here.
    """

    order_id: UUID
    number: str
    proved_at: datetime
    buyer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PayHint:
    """How to go on with a payment that was started: `kind` redirect | qr | form | done, with the channel's address."""

    kind: str
    method: str
    url: str
    fields: dict[str, str] = field(default_factory=dict, repr=False)
