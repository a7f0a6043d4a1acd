"""The money for an order of a group is there: it joins, makes the group whole, or comes too late.

Runs in the transaction that pays the order, whose row it holds.
"""

from datetime import datetime, timedelta
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.promotions import group_states
from goodfor.promotions.group_events import GroupFormed, GroupOpened, PlaceReserved
from goodfor.promotions.group_locks import LockedGroup, lock_group
from goodfor.promotions.group_models import Group, Place
from goodfor.promotions.group_types import Paid
from goodfor.promotions.operations.group_steps import count_people, decide_places, joined, move_group, move_place

_COUNTED = frozenset({group_states.JOINED, group_states.WON})


def pay_place(*, shop_id: UUID, order_id: UUID, paid_at: datetime, now: datetime) -> Paid | None:
    """What the payment means, decided under the group's row; None: the order is for no group.

    `paid_at`: when the money left the buyer. Who paid while the group was open has joined; who ordered while it was
    open and paid after it formed is in, too; all else is `turned`. Repeated: what it was.
    """
    place = Place.objects.filter(shop_id=shop_id, order_id=order_id).first()
    if place is None:
        return None
    group = lock_group(shop_id, place.group_id)
    place = Place.objects.get(shop_id=shop_id, order_id=order_id)
    if place.state not in (group_states.WAITING, group_states.GONE):
        return _paid(group, place.state, now)
    end, opened = _end(group, place, paid_at), None
    ended_at = None if end == group_states.JOINED else now
    moved = move_place(shop_id, order_id, (place.state, end), "paid", now, paid_at=paid_at, ended_at=ended_at)
    if not moved:
        raise RuntimeError("a place changed under its group's lock")
    if end != group_states.JOINED:
        return _paid(group, end, now)
    if group.state == group_states.STARTING:
        opened = _open(shop_id, group, order_id, now)
    until = opened or group.expires_at or now
    missing = _count(shop_id, group, now)
    if missing:
        event = PlaceReserved(order_id, group.id, missing, until.isoformat())
        publish(shop_id=shop_id, event=event, cause=("order", order_id), now=now)
    return Paid(end if missing else group_states.WON, group.id, until)


def _end(group: LockedGroup, place: Place, paid_at: datetime) -> str:
    if group.state == group_states.STARTING and place.head:
        return group_states.JOINED
    if group.state == group_states.OPEN and group.expires_at is not None and paid_at <= group.expires_at:
        # Closed unpaid and paid all the same: unless the buyer has another place by now.
        again = place.state == group_states.GONE and _has_another(place)
        return group_states.TURNED if again else group_states.JOINED
    if group.state == group_states.FORMED and place.state == group_states.WAITING:
        return group_states.WON
    return group_states.TURNED


def _has_another(place: Place) -> bool:
    rows = Place.objects.filter(shop_id=place.shop_id, group_id=place.group_id, buyer_ref=place.buyer_ref)
    return rows.filter(state__in=group_states.LIVE).exists()


def _open(shop_id: UUID, group: LockedGroup, order_id: UUID, now: datetime) -> datetime:
    expires_at = now + timedelta(hours=group.hours)
    move = (group_states.STARTING, group_states.OPEN)
    if not move_group(shop_id, group.id, move, "paid", now, opened_at=now, expires_at=expires_at):
        raise RuntimeError("a group changed under its lock")
    event = GroupOpened(group.id, group.campaign_id, order_id, expires_at.isoformat())
    publish(shop_id=shop_id, event=event, cause=("order", order_id), now=now)
    return expires_at


def _count(shop_id: UUID, group: LockedGroup, now: datetime) -> int:
    """Count again: how many are wanted still; where they are enough the group has formed."""
    places = joined(shop_id, group.id)
    persons = count_people(places)
    if persons < group.size:
        Group.objects.filter(shop_id=shop_id, id=group.id, state=group_states.OPEN).update(persons=persons)
        return group.size - persons
    move = (group_states.OPEN, group_states.FORMED)
    if not move_group(shop_id, group.id, move, "full", now, persons=persons, ended_at=now):
        raise RuntimeError("a group changed under its lock")
    event = GroupFormed(group.id, group.campaign_id, group.size, persons)
    publish(shop_id=shop_id, event=event, cause=("group", group.id), now=now)
    decide_places(shop_id, group.id, places, won=True, cause="full", now=now)
    return 0


def _paid(group: LockedGroup, state: str, now: datetime) -> Paid:
    end = state if state in _COUNTED else group_states.TURNED
    return Paid(end, group.id, group.expires_at or now)
