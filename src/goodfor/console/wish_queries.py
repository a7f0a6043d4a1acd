"""Reads of what takes two, and of who looked at what."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.console import wishing
from goodfor.console.errors import WishNotFound
from goodfor.console.models import Wish
from goodfor.console.types import Looked, Visitor, WishView
from goodfor.identity import queries as identity
from goodfor.identity.types import StaffView
from goodfor.kernel import audit
from goodfor.kernel.sql import Statement, Tally

_LOOKED: Final = Statement("goodfor.console", "sql/looked.sql")
#: How many wishes of a shop wait for a yes.
wishes_waiting: Final = Tally("goodfor.console", "sql/wishes_waiting.sql")
_NOBODY: Final = UUID(int=0)
#: By which somebody of the staff can make another one of themselves.
_HANDS_OVER: Final = frozenset({"identity.signin_link_issued", "identity.role_changed"})
#: By which somebody of the staff is sent away.
SENDS_AWAY: Final = frozenset({"identity.role_changed"})
#: So long it stands against somebody that a code was stolen that they had seen.
_STANDS: Final = timedelta(days=90)


def others(shop_id: UUID, staff_id: UUID, now: datetime) -> list[StaffView]:
    """Who else is there to be asked, some of them not today: where there is anybody, nobody is alone."""
    return identity.colleagues(shop_id, of=staff_id, permission=wishing.APPROVES, before=now - wishing.HERE_FOR)


def helpers(shop_id: UUID, staff_id: UUID, now: datetime) -> list[StaffView]:
    """Who of these could say yes now to what this person asks for.

    Not whom a colleague gave a link, a role or their place back within a day: whoever did that can come in as them.
    """
    return [one for one in others(shop_id, staff_id, now) if not handed_over(one, now)]


def may_be_second(staff: StaffView, now: datetime) -> bool:
    """Whether this person's word lets through what colleagues do."""
    return any(one.id == staff.id for one in helpers(staff.shop_id, _NOBODY, now))


def handed_over(staff: StaffView, now: datetime, actions: frozenset[str] = _HANDS_OVER) -> bool:
    """Whether a colleague gave or took them their place, a role or a link within a day; or did one of these to them."""
    since = now - wishing.HERE_FOR
    lines = audit.lines_of(shop_id=staff.shop_id, subject=("staff", staff.id), since=since)
    return any(
        line.action in actions and line.actor.startswith("staff:") and line.actor != staff.actor for line in lines
    )


def wish_by_id(shop_id: UUID, wish_id: UUID) -> WishView:
    """One of them. Raises WishNotFound."""
    row = Wish.objects.filter(shop_id=shop_id, id=wish_id).first()
    if row is None:
        raise WishNotFound
    return wish_view(row)


def newest_wish(shop_id: UUID, kind: str, subject_id: UUID, staff_id: UUID | None = None) -> WishView | None:
    """What somebody (or anybody) last asked for about a batch or an export."""
    rows = Wish.objects.filter(shop_id=shop_id, kind=kind, subject_id=subject_id)
    row = (rows if staff_id is None else rows.filter(staff_id=staff_id)).order_by("-asked_at", "-id").first()
    return wish_view(row) if row else None


def open_times(shop_id: UUID, export_ids: Sequence[UUID]) -> dict[UUID, datetime | None]:
    """Of these exports those that take two: from when on the file may be taken, None before anybody agreed."""
    rows = Wish.objects.filter(shop_id=shop_id, kind=wishing.LIST, subject_id__in=list(export_ids))
    return dict(rows.values_list("subject_id", "open_from"))


def wishes(shop_id: UUID, limit: int = 50) -> list[WishView]:
    """The latest first."""
    return [wish_view(row) for row in Wish.objects.filter(shop_id=shop_id).order_by("-asked_at", "-id")[:limit]]


def looked(visitor: Visitor, now: datetime) -> Looked:
    """What somebody has looked at by now; one statement."""
    local = now.astimezone(ZoneInfo(visitor.shop.timezone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    row = _LOOKED.row({
        "shop_id": visitor.shop.id, "staff_id": visitor.staff.id, "hour": now - timedelta(hours=1),
        "midnight": midnight, "minute": now - timedelta(minutes=1), "while": now - _STANDS,
    })  # fmt: skip
    assert row is not None
    return Looked(*row)


def wish_view(row: Wish) -> WishView:
    """A row as its public type."""
    return WishView(
        row.id, row.kind, row.subject_id, row.staff_id, row.reason, row.rows, row.state, row.asked_at, row.due_at,
        row.alone, row.decided_by, row.decided_at, row.open_from, row.open_until, row.used_at,
    )  # fmt: skip
