"""Steps that the operations on groups share. In the caller's transaction, with the group's row locked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.promotions import group_states
from goodfor.promotions.group_events import PlaceDecided
from goodfor.promotions.group_models import Group, Place
from goodfor.promotions.persons import people


def move_group(shop_id: UUID, group_id: UUID, move: tuple[str, str], cause: str, now: datetime, **more: Any) -> bool:
    """One conditional update with `more` columns, and the history; False where it is not in that state any more."""
    before, after = move
    group_states.GROUP.check(before, after)
    if Group.objects.filter(shop_id=shop_id, id=group_id, state=before).update(state=after, **more) != 1:
        return False
    record_history(
        shop_id=shop_id, machine=group_states.GROUP, subject_id=group_id, moves=[move], actor="system", cause=cause,
        now=now,
    )  # fmt: skip
    return True


def move_place(shop_id: UUID, order_id: UUID, move: tuple[str, str], cause: str, now: datetime, **more: Any) -> bool:
    """The same of a place."""
    before, after = move
    group_states.PLACE.check(before, after)
    if Place.objects.filter(shop_id=shop_id, order_id=order_id, state=before).update(state=after, **more) != 1:
        return False
    record_history(
        shop_id=shop_id, machine=group_states.PLACE, subject_id=order_id, moves=[move], actor="system", cause=cause,
        now=now,
    )  # fmt: skip
    return True


def joined(shop_id: UUID, group_id: UUID) -> list[Place]:
    """The places that were paid and wait for the group, in the order of their orders."""
    rows = Place.objects.filter(shop_id=shop_id, group_id=group_id, state=group_states.JOINED)
    return list(rows.order_by("order_id"))


def count_people(places: list[Place]) -> int:
    """How many persons they are."""
    return people(place.names for place in places)


def too_few(places: list[Place], size: int) -> int:
    """How many persons they are, of a group that has not formed: short of its size, whatever was counted since."""
    return min(count_people(places), size - 1)


def decide_places(shop_id: UUID, group_id: UUID, places: list[Place], *, won: bool, cause: str, now: datetime) -> None:
    """Each waiting place of a group that has ended has its end, and is told of by itself: one order a handler."""
    end = group_states.WON if won else group_states.LOST
    for place in places:
        if not move_place(shop_id, place.order_id, (group_states.JOINED, end), cause, now, ended_at=now):
            raise RuntimeError("a place changed under its group's lock")
        event = PlaceDecided(place.order_id, group_id, won)
        publish(shop_id=shop_id, event=event, cause=("group", group_id), now=now)
