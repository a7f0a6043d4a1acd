"""What goes in and out of operations and pages about campaigns. Reached through `types`."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goodfor.promotions.spec_types import Spec


@dataclass(frozen=True, slots=True)
class Made:
    """A campaign's newest revision."""

    campaign_id: UUID
    revision_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A revision: what it says, who wrote and who approved it."""

    id: UUID
    number: int
    name: str
    spec: Spec
    hash: str
    note: str
    made_by: str
    made_at: datetime
    approved_by: str
    approved_at: datetime | None
    alone: bool


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign where it stands. `in_force`, `submitted`: numbers of revisions, None where there is none."""

    id: UUID
    name: str
    play: str
    state: str
    starts_at: datetime
    ends_at: datetime
    paused_why: str
    in_force: int | None
    submitted: int | None
    submitted_by: str
    latest: int
    made_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """What a campaign has given so far, released orders left out. Money in minor units; None: no limit."""

    orders: int
    uses: int
    wanted_minor: int
    given_minor: int
    loss_minor: int
    back_minor: int
    reserved_orders: int
    minor_left: int | None
    uses_left: int | None
    loss_left: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of what was asked for: done, or it waits for a second person."""

    done: bool
    state: str
