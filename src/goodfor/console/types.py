"""What the console's parts hand to each other."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goodfor.identity.types import ShopView, StaffView

#: Roles that must have a second factor after their first visit.
SECOND_FACTOR_ROLES = frozenset({"owner", "finance"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is looking, at which shop, and how they came in. `first_visit`: their first session ever."""

    staff: StaffView
    shop: ShopView
    session_id: UUID
    method: str
    signed_in_at: datetime
    first_visit: bool

    @property
    def actor(self) -> str:
        """How this person is named in the audit trail."""
        return self.staff.actor

    def may(self, permission: str) -> bool:
        """True when the role grants it. The empty permission is anybody's who works here."""
        return self.staff.active and (permission == "" or self.staff.may(permission))


@dataclass(frozen=True, slots=True)
class Factors:
    """How a person can prove who they are. `recovery_left` None: no recovery codes were made."""

    password: bool
    totp: bool
    passkeys: tuple[tuple[int, str, datetime | None], ...]
    recovery_left: int | None

    @property
    def second(self) -> bool:
        """True with a second factor besides the password."""
        return self.totp or bool(self.passkeys)

    @property
    def any(self) -> bool:
        """True when there is anything to ask for."""
        return self.password or self.second


@dataclass(frozen=True, slots=True)
class SessionView:
    """A device that a person is signed in on."""

    id: UUID
    method: str
    address: str
    agent: str
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class ExportView:
    """A file that was asked for."""

    id: UUID
    staff_id: UUID
    listing: str
    format: str
    state: str
    rows: int
    size_bytes: int
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch and how far it is."""

    id: UUID
    staff_id: UUID
    listing: str
    action: str
    state: str
    total: int
    done: int
    refused: int
    created_at: datetime
    finished_at: datetime | None

    @property
    def waiting(self) -> int:
        """Rows still to do."""
        return self.total - self.done - self.refused

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return (self.done + self.refused) * 100 // self.total


@dataclass(frozen=True, slots=True)
class SavedViewLink:
    """A saved view."""

    id: UUID
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class WishView:
    """Something that takes two, and how far it is. `kind`: codes (`subject_id`: the batch) or list (the export)."""

    id: UUID
    kind: str
    subject_id: UUID
    staff_id: UUID
    reason: str
    rows: int
    state: str
    asked_at: datetime
    due_at: datetime
    alone: bool
    decided_by: UUID | None
    decided_at: datetime | None
    open_from: datetime | None
    open_until: datetime | None
    used_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether who asked may take it now."""
        if self.state != "approved" or self.open_from is None or self.open_until is None:
            return False
        return self.open_from <= now < self.open_until


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody has looked at: within the last hour, of which unsold; exports of the day; whether one was stolen.

    Counts end at 500. They hold what is being done at this moment.
    """

    codes: int
    unsold: int
    exports: int
    redeemed: bool
