"""Reads of groups and bargains."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from goodfor.promotions import group_states
from goodfor.promotions.bargain_models import Bargain, Help
from goodfor.promotions.group_errors import BargainNotFound, GroupNotFound
from goodfor.promotions.group_models import Group, Place
from goodfor.promotions.group_types import BargainView, GroupView, PlaceView

#: What is shown of the groups that others have begun.
SHOWN = 10
#: What of one buyer is read at once.
MOST = 500


def group(shop_id: UUID, group_id: UUID) -> GroupView:
    """Raises GroupNotFound, also for one whose first buyer has not paid: nobody can see it."""
    row = Group.objects.filter(shop_id=shop_id, id=group_id).first()
    if row is None or row.state in (group_states.STARTING, group_states.VOID):
        raise GroupNotFound
    return _group(row)


def place_of_order(shop_id: UUID, order_id: UUID) -> PlaceView | None:
    """An order's place in a group; None for an order that is for none."""
    row = Place.objects.filter(shop_id=shop_id, order_id=order_id).first()
    return _place(row) if row else None


def place_in_group(shop_id: UUID, group_id: UUID, buyer_ref: str) -> PlaceView | None:
    """A buyer's own place in a group, the live one or the last one."""
    rows = Place.objects.filter(shop_id=shop_id, group_id=group_id, buyer_ref=buyer_ref)
    row = rows.filter(state__in=group_states.LIVE).first() or rows.order_by("-made_at").first()
    return _place(row) if row else None


def places_of_person(shop_id: UUID, group_id: UUID, names: Iterable[str]) -> int:
    """How many live places of a group belong to somebody who has one of these names."""
    rows = Place.objects.filter(shop_id=shop_id, group_id=group_id, state__in=group_states.LIVE)
    return rows.filter(names__overlap=list(names)).count()


def open_groups(shop_id: UUID, campaign_ids: Iterable[UUID], now: datetime, limit: int = SHOWN) -> list[GroupView]:
    """Groups that can be joined, those first whose time ends first."""
    rows = Group.objects.filter(
        shop_id=shop_id, campaign_id__in=list(campaign_ids), state=group_states.OPEN, expires_at__gt=now
    )
    return [_group(row) for row in rows.order_by("expires_at", "id")[:limit]]


def places_of_buyer(shop_id: UUID, buyer_ref: str) -> list[PlaceView]:
    """All of a buyer, the latest first, at most MOST."""
    return [
        _place(row) for row in Place.objects.filter(shop_id=shop_id, buyer_ref=buyer_ref).order_by("-made_at")[:MOST]
    ]


def bargains_of_buyer(shop_id: UUID, owner_ref: str) -> list[BargainView]:
    """All that a buyer began, the latest first, at most MOST."""
    rows = Bargain.objects.filter(shop_id=shop_id, owner_ref=owner_ref).order_by("-opened_at")
    return [_bargain(row) for row in rows[:MOST]]


def helps_of_buyer(shop_id: UUID, helper_ref: str) -> list[tuple[datetime, UUID]]:
    """When somebody helped which bargain, the latest first, at most MOST."""
    rows = Help.objects.filter(shop_id=shop_id, helper_ref=helper_ref).order_by("-at")
    return list(rows.values_list("at", "bargain_id")[:MOST])


def bargain(shop_id: UUID, bargain_id: UUID) -> BargainView:
    """Raises BargainNotFound."""
    row = Bargain.objects.filter(shop_id=shop_id, id=bargain_id).first()
    if row is None:
        raise BargainNotFound
    return _bargain(row)


def bargain_running(shop_id: UUID, campaign_id: UUID, owner_ref: str) -> BargainView | None:
    """The buyer's own bargain of a campaign that runs, or waits for its order to be paid."""
    rows = Bargain.objects.filter(
        shop_id=shop_id, campaign_id=campaign_id, owner_ref=owner_ref,
        state__in=[group_states.OPEN, group_states.TAKEN],
    )  # fmt: skip
    row = rows.first()
    return _bargain(row) if row else None


def bargain_of_order(shop_id: UUID, order_id: UUID) -> BargainView | None:
    """The bargain at whose price an order was placed."""
    row = Bargain.objects.filter(shop_id=shop_id, order_id=order_id).first()
    return _bargain(row) if row else None


def _group(row: Group) -> GroupView:
    return GroupView(
        id=row.id, campaign_id=row.campaign_id, revision_id=row.revision_id, sku_id=row.sku_id,
        price_minor=row.price_minor, size=row.size, persons=row.persons, state=row.state, opened_at=row.opened_at,
        expires_at=row.expires_at, ended_at=row.ended_at,
    )  # fmt: skip


def _place(row: Place) -> PlaceView:
    view = _group(Group.objects.get(shop_id=row.shop_id, id=row.group_id))
    return PlaceView(row.order_id, view, row.state)


def _bargain(row: Bargain) -> BargainView:
    return BargainView(
        id=row.id, campaign_id=row.campaign_id, revision_id=row.revision_id, sku_id=row.sku_id, owner_ref=row.owner_ref,
        start_minor=row.start_minor, floor_minor=row.floor_minor, price_minor=row.price_minor,
        helpers=len(row.cuts), helped=row.helped, cuts=tuple(row.cuts[: row.helped]), state=row.state,
        opened_at=row.opened_at, expires_at=row.expires_at, order_id=row.order_id,
    )  # fmt: skip
