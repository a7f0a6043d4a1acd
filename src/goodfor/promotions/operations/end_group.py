"""The time of a group is over: those who paid have their money back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.promotions import group_states
from goodfor.promotions.group_events import GroupFailed
from goodfor.promotions.group_locks import lock_group
from goodfor.promotions.group_types import GRACE
from goodfor.promotions.operations.group_steps import decide_places, joined, move_group, too_few


@transaction.atomic(savepoint=False)
def end_group(*, shop_id: UUID, group_id: UUID, now: datetime) -> str:
    """The group's state after; harmless for one that is not due, or over. Raises GroupNotFound.

    A payment that is under its row now comes first or last: one conditional update decides.
    """
    group = lock_group(shop_id, group_id)
    if group.state != group_states.OPEN or group.expires_at is None or group.expires_at + GRACE > now:
        return group.state
    places = joined(shop_id, group_id)
    persons = too_few(places, group.size)
    move = (group_states.OPEN, group_states.FAILED)
    if not move_group(shop_id, group_id, move, "expired", now, persons=persons, ended_at=now):
        raise RuntimeError("a group changed under its lock")
    reach("groups.failing")
    event = GroupFailed(group_id, group.campaign_id, group.size, persons)
    publish(shop_id=shop_id, event=event, cause=("group", group_id), now=now)
    decide_places(shop_id, group_id, places, won=False, cause="expired", now=now)
    return group_states.FAILED
