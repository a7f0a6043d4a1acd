"""Say which tasks a shop has from now on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.loyalty import task_rules as rules
from goodfor.loyalty.locks import lock_terms
from goodfor.loyalty.task_models import TasksRevision
from goodfor.loyalty.task_types import TaskSet


@transaction.atomic(savepoint=False)
def set_tasks(*, shop_id: UUID, tasks: TaskSet, actor: str, now: datetime) -> int:
    """The number of the set in force; the same again changes nothing. What was given stays.

    Raises InvalidPoints with the field.
    """
    rules.checked(tasks)
    lock_terms(shop_id)
    last = TasksRevision.objects.filter(shop_id=shop_id).order_by("-number").first()
    if last is not None and rules.from_json(last.tasks) == tasks:
        return last.number
    row = TasksRevision(
        shop_id=shop_id, number=last.number + 1 if last else 1, tasks=rules.to_json(tasks), made_at=now,
        made_by=actor[:80],
    )  # fmt: skip
    TasksRevision.objects.bulk_create([row])
    audit.record(
        shop_id=shop_id, actor=actor, action="loyalty.tasks_set", subject=("loyalty_tasks", shop_id),
        data={"number": row.number, **row.tasks}, now=now,
    )  # fmt: skip
    return row.number
