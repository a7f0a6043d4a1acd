"""Tables of tasks: the sets, what other rooms noted, and what was given. Reached through `models`."""

from django.db import models
from django.db.models import Q

from goodfor.loyalty import task_types


class TasksRevision(models.Model):
    """The tasks of a shop, from an instant on. Never changed; the next one follows."""

    pk = models.CompositePrimaryKey("shop_id", "number")
    shop_id = models.UUIDField()
    number = models.IntegerField()
    tasks = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "loyalty_tasks"
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="loyalty_tasks_counts")]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.number}"


class Fact(models.Model):
    """Something that a member did, as another room told it: once by its key."""

    pk = models.CompositePrimaryKey("shop_id", "owner", "kind", "key")
    shop_id = models.UUIDField()
    owner = models.UUIDField()
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "loyalty_fact"
        constraints = [models.CheckConstraint(condition=Q(kind__in=task_types.NOTED), name="loyalty_fact_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class TaskReward(models.Model):
    """What a task brought a member in a period: once. By what it was judged, so that it can be judged again."""

    pk = models.CompositePrimaryKey("shop_id", "owner", "task", "period")
    shop_id = models.UUIDField()
    owner = models.UUIDField()
    task = models.CharField(max_length=12)
    period = models.CharField(max_length=10)
    kind = models.CharField(max_length=12)
    units = models.BigIntegerField()
    minor = models.BigIntegerField()
    #: Orders that it took, from how much on, within which time.
    need = models.IntegerField()
    least_minor = models.BigIntegerField()
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    #: Of what counts once in the shop, whoever has it.
    mark = models.CharField(max_length=64, default="", blank=True)
    at = models.DateTimeField()
    #: Its orders went back, and so did the points.
    back_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "loyalty_task_reward"
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gt=0, minor__gte=0, need__gte=1), name="loyalty_task_reward_units"
            ),
            models.UniqueConstraint(
                fields=["shop_id", "kind", "mark"], condition=~Q(mark=""), name="loyalty_task_reward_mark"
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "task"], name="loyalty_task_reward_of")]

    def __str__(self) -> str:
        return f"{self.task} {self.period}"
