"""What other rooms tell of members that tasks ask for: a friend who bought, a claim that was rated. Wiring."""

from typing import Final
from uuid import UUID

from goodfor.aftersales.events import CaseRated
from goodfor.kernel import events
from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import StoredEvent
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.claim_task import give_done_tasks
from goodfor.loyalty.operations.note_fact import note_fact
from goodfor.loyalty.types import FRIEND, RATED
from goodfor.referrals import queries as referrals
from goodfor.referrals.events import RewardPaid

_ACCOUNT: Final = "buyer:"


def listen() -> None:
    """Called once by the wiring."""
    events.register(RewardPaid, on_reward_paid, name="tasks.on_reward_paid", concern=has_tasks)
    events.register(CaseRated, on_case_rated, name="tasks.on_case_rated", concern=has_tasks)


def has_tasks(event: StoredEvent) -> bool:
    """Whether the shop has ever set a task."""
    return loyalty.has_tasks(event.shop_id)


def on_reward_paid(event: StoredEvent) -> None:
    """Who brought a friend is told of it when the freeze is over: what was given back by then brings nothing.

    One friend counts once, however much he buys, and only for who brought him, not for who brought that one.
    """
    told = event.payload
    rows = referrals.rewards_of_order(event.shop_id, UUID(told["order_id"]))
    paid = next((one for one in rows if one.id == UUID(told["reward_id"])), None)
    if paid is not None and paid.level == 1:
        _noted(event, paid.beneficiary, FRIEND, str(paid.friend))


def on_case_rated(event: StoredEvent) -> None:
    """A guest has no tasks."""
    buyer = event.payload["buyer"]
    if buyer.startswith(_ACCOUNT):
        _noted(event, UUID(buyer.removeprefix(_ACCOUNT)), RATED, event.payload["case_id"])


def _noted(event: StoredEvent, owner: UUID, kind: str, key: str) -> None:
    note_fact(shop_id=event.shop_id, owner=owner, kind=kind, key=key, now=event.occurred_at)
    give_done_tasks(shop_id=event.shop_id, owner=owner, now=utc_now())
