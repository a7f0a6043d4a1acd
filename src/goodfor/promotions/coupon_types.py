"""What goes in and out of operations and pages about coupons. Reached through `types`."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from goodfor.promotions.spec_types import Spec


@dataclass(frozen=True, slots=True)
class BatchWish:
    """Coupons to be made. `kind`: public, unique or claim; `code` of a public one, empty: made up.

    `each`: claims a buyer; `days` from the claim on; `listed`: shown in the claim centre.
    """

    campaign_id: UUID
    kind: str
    name: str
    wanted: int = 1
    code: str = field(default="", repr=False)
    each: int = 1
    days: int | None = None
    giftable: bool = False
    listed: bool = False
    claim_from: datetime | None = None
    claim_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch as it is. `used`, `claimed`: coupons of it; `exported_at`: its codes have left."""

    id: UUID
    campaign_id: UUID
    kind: str
    name: str
    state: str
    wanted: int
    made: int
    each: int
    days: int | None
    giftable: bool
    listed: bool
    claim_from: datetime | None
    claim_until: datetime | None
    asked_by: str
    allowed_by: str
    exported_at: datetime | None
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CouponView:
    """A buyer's coupon: `state` free, claimed, reserved or used; `usable` now, by its campaign and its own time."""

    id: UUID
    campaign_id: UUID
    batch_id: UUID
    name: str
    spec: Spec
    state: str
    usable: bool
    expires_at: datetime | None
    order_id: UUID | None
    giftable: bool
    being_given: bool


@dataclass(frozen=True, slots=True)
class Claimable:
    """A batch in the claim centre: what is left in all, what this buyer has had of `each`."""

    batch_id: UUID
    campaign_id: UUID
    name: str
    spec: Spec
    each: int
    days: int | None
    claim_from: datetime | None
    claim_until: datetime | None
    wanted: int
    left: int
    had: int


@dataclass(frozen=True, slots=True)
class GiftLink:
    """The secret by which a friend gets a coupon; shown once."""

    coupon_id: UUID
    token: str = field(repr=False)
    until: datetime
