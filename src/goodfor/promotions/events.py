"""Facts about campaigns."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class CampaignMoved(Event):
    """A campaign went from one state to another."""

    name: ClassVar[str] = "promotions.campaign_moved"
    campaign_id: UUID
    title: str
    was: str
    now: str
    by: str


@dataclass(frozen=True, slots=True)
class CampaignSubmitted(Event):
    """A revision waits for a second person."""

    name: ClassVar[str] = "promotions.campaign_submitted"
    campaign_id: UUID
    revision_id: UUID
    title: str
    by: str


@dataclass(frozen=True, slots=True)
class CouponFetched(Event):
    """A friend took a coupon that was passed on. `given_by`: whose it was, as orders name buyers."""

    name: ClassVar[str] = "promotions.coupon_fetched"
    coupon_id: UUID
    campaign_id: UUID
    given_by: str


@dataclass(frozen=True, slots=True)
class CampaignPaused(Event):
    """A campaign stopped by itself: `why` is budget, loss or floor."""

    name: ClassVar[str] = "promotions.campaign_paused"
    campaign_id: UUID
    title: str
    why: str
