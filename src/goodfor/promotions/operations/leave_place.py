"""An order of a group is closed unpaid, or its money goes back: its place is free. Runs in the caller's transaction."""

from datetime import datetime
from uuid import UUID

from goodfor.promotions import group_states
from goodfor.promotions.group_locks import lock_group
from goodfor.promotions.group_models import Group, Place
from goodfor.promotions.operations.group_steps import joined, move_group, move_place, too_few


def leave_place(*, shop_id: UUID, order_id: UUID, cause: str, now: datetime) -> str:
    """The place's state after; empty where the order is for no group.

    Before the group formed the place is free again, and the group counts anew. After it formed, or failed, nothing
    changes: a group that formed stays formed, and who was in it stays so. The caller holds the order's row.
    """
    place = Place.objects.filter(shop_id=shop_id, order_id=order_id).first()
    if place is None:
        return ""
    if place.state not in (group_states.WAITING, group_states.JOINED):
        return place.state
    group = lock_group(shop_id, place.group_id)
    place = Place.objects.get(shop_id=shop_id, order_id=order_id)
    if place.state == group_states.WAITING:
        move_place(shop_id, order_id, (group_states.WAITING, group_states.GONE), cause, now, ended_at=now)
        if group.state == group_states.STARTING:
            # Its first buyer did not pay: nobody else has seen it.
            move_group(shop_id, group.id, (group_states.STARTING, group_states.VOID), cause, now, ended_at=now)
        return group_states.GONE
    if place.state == group_states.JOINED:
        move_place(shop_id, order_id, (group_states.JOINED, group_states.LEFT), cause, now, ended_at=now)
        persons = too_few(joined(shop_id, group.id), group.size)
        Group.objects.filter(shop_id=shop_id, id=group.id, state=group_states.OPEN).update(persons=persons)
        return group_states.LEFT
    return place.state
