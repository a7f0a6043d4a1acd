"""How far somebody is with tasks, and what they cost. By facts alone: nothing is taken from what a page sends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum

from goodfor.identity import queries as identity
from goodfor.identity.errors import BuyerNotFound
from goodfor.identity.types import BuyerView
from goodfor.loyalty import task_rules as rules
from goodfor.loyalty.task_models import Fact, TaskReward, TasksRevision
from goodfor.loyalty.task_types import (
    BIRTHDAY,
    EMAIL,
    MARKED,
    NOTED,
    OF_ORDERS,
    PASSKEY,
    PHONE,
    PROFILE,
    SUBSCRIBED,
    Task,
    TaskCost,
    TaskGiven,
    TaskSet,
    TaskView,
)
from goodfor.loyalty.tier_models import Deed

#: Nobody is told more precisely than that.
MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose tasks are looked at, and when."""

    shop_id: UUID
    owner: UUID
    zone: ZoneInfo
    now: datetime
    buyer: BuyerView | None


def asked_of(shop_id: UUID, owner: UUID, now: datetime) -> Asked:
    """Somebody, with what his account says; None of it where he has none any more."""
    try:
        buyer = identity.buyer_view(shop_id, owner)
    except BuyerNotFound:
        buyer = None
    return Asked(shop_id, owner, ZoneInfo(identity.shop_by_id(shop_id).timezone), now, buyer)


def task_set(shop_id: UUID) -> TaskSet:
    """The tasks in force; none where the shop has set none."""
    row = TasksRevision.objects.filter(shop_id=shop_id).order_by("-number").first()
    return rules.from_json(row.tasks) if row else TaskSet()


def has_tasks(shop_id: UUID) -> bool:
    """Whether the shop has ever set any."""
    return TasksRevision.objects.filter(shop_id=shop_id).exists()


def tasks_of(shop_id: UUID, owner: UUID, now: datetime) -> list[TaskView]:
    """What is offered to a member now, with how far he is."""
    tasks = task_set(shop_id).tasks
    if not tasks:
        return []
    who = asked_of(shop_id, owner, now)
    had = set(TaskReward.objects.filter(shop_id=shop_id, owner=owner).values_list("task", "period"))
    bought = has_bought(shop_id, owner)
    found = []
    for task in tasks:
        period, _since, until = rules.period_of(task, now, who.zone)
        given = (task.key, period) in had
        if given or rules.is_open(task, now, who.zone):
            done = task.need if given else min(done_of(who, task), task.need)
            found.append(TaskView(task, done, given, until, lacks=task.bought and not bought and not given))
    return found


def done_of(who: Asked, task: Task) -> int:
    """How often it is done in the period of now."""
    _period, since, until = rules.period_of(task, who.now, who.zone)
    if task.kind in OF_ORDERS:
        return kept_orders(who.shop_id, who.owner, task.least_minor, since, until)
    if task.kind in NOTED:
        rows = Fact.objects.filter(shop_id=who.shop_id, owner=who.owner, kind=task.kind)
        return rows.filter(_within(since, until)).count()
    return int(_account_says(who, task.kind))


def mark_of(who: Asked, task: Task) -> str:
    """What counts once in the shop, whoever has it; empty: nothing of that kind."""
    index = identity.contact_index_of(who.shop_id, who.owner, task.kind) if task.kind in MARKED else None
    return index.hex() if index else ""


def kept_orders(shop_id: UUID, owner: UUID, least_minor: int, since: datetime | None, until: datetime | None) -> int:
    """Orders within a time of which so much was paid and kept."""
    rows = Deed.objects.filter(shop_id=shop_id, owner=owner, paid_minor__gte=F("back_minor") + max(least_minor, 1))
    return rows.filter(_within(since, until))[:MOST].count()


def has_bought(shop_id: UUID, owner: UUID) -> bool:
    """Whether he has bought something and kept it."""
    return Deed.objects.filter(shop_id=shop_id, owner=owner, back_minor__lt=F("paid_minor")).exists()


def was_for_buyers(row: TaskReward) -> bool:
    """Whether a task was only for who has bought something when it was claimed, whatever became of it since."""
    told = TasksRevision.objects.filter(shop_id=row.shop_id, made_at__lte=row.at).order_by("-number").first()
    return told is not None and any(one.key == row.task and one.bought for one in rules.from_json(told.tasks).tasks)


def task_history(shop_id: UUID, owner: UUID) -> list[TaskGiven]:
    """What tasks have brought a member, newest first."""
    rows = TaskReward.objects.filter(shop_id=shop_id, owner=owner).order_by("-at")
    return [TaskGiven(row.kind, row.period, row.units, row.at, row.back_at) for row in rows]


def task_costs(shop_id: UUID) -> dict[str, TaskCost]:
    """What each task has brought so far, by key; also of tasks that are no more."""
    rows = TaskReward.objects.filter(shop_id=shop_id).values("task")
    summed = rows.annotate(
        times=Count("owner"), all_units=Sum("units"), all_minor=Sum("minor"),
        back=Sum("units", filter=Q(back_at__isnull=False), default=0),
    )  # fmt: skip
    return {row["task"]: TaskCost(row["times"], row["all_units"], row["all_minor"], row["back"]) for row in summed}


def _within(since: datetime | None, until: datetime | None) -> Q:
    return (Q(at__gte=since) if since else Q()) & (Q(at__lt=until) if until else Q())


def _account_says(who: Asked, kind: str) -> bool:
    buyer = who.buyer
    if buyer is None:
        return False
    if kind in (EMAIL, PHONE):
        return any(one.contact.kind == kind for one in buyer.contacts)
    if kind == PASSKEY:
        return bool(identity.passkeys_of(who.shop_id, who.owner))
    if kind == SUBSCRIBED:
        said = identity.consents_of(who.shop_id, who.owner)
        return any(one.granted for one in said if one.purpose == "marketing")
    return {PROFILE: bool(buyer.name.strip()), BIRTHDAY: buyer.birthday is not None}[kind]
