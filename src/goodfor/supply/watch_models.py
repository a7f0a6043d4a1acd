"""Tables around buying: how prices follow costs, which matches were dismissed, trials of another routing."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.supply import states

MODES = ("follow", "alert")
MOVES = ("price", "alert", "pause", "resume")
_OPEN_TRIALS = ("waiting", "running")


class Watch(models.Model):
    """How a SKU's price follows what it costs at suppliers. Percents are hundredths of a percent; money is minor units.

    `cost` is what the rule was applied to last, in the shop's currency; null: not yet, or the rule is new.
    """

    pk = models.CompositePrimaryKey("shop_id", "sku_id")
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    mode = models.CharField(max_length=8, default="follow")
    margin_points = models.IntegerField(default=0)
    margin_minor = models.BigIntegerField(default=0)
    #: Prices end like this: the next one up that is `ending_minor` more than a multiple of `step_minor`.
    step_minor = models.BigIntegerField(default=1)
    ending_minor = models.BigIntegerField(default=0)
    #: A larger change waits for a person: at once, and within a day of the shop; null: no bound.
    most_once_points = models.IntegerField(null=True)
    most_day_points = models.IntegerField(null=True)
    least_minor = models.BigIntegerField(null=True)
    most_minor = models.BigIntegerField(null=True)
    #: Nothing is sold from suppliers while every one of them costs more than the price leaves.
    pause_on_loss = models.BooleanField(default=True)
    cost = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    paused_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "supply_watch"
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=MODES), name="supply_watch_mode"),
            models.CheckConstraint(
                condition=Q(margin_points__gte=0, margin_minor__gte=0, step_minor__gte=1, ending_minor__gte=0)
                & Q(ending_minor__lt=F("step_minor")),
                name="supply_watch_numbers",
            ),
            models.CheckConstraint(
                condition=(Q(most_once_points__isnull=True) | Q(most_once_points__gte=0))
                & (Q(most_day_points__isnull=True) | Q(most_day_points__gte=0))
                & (Q(least_minor__isnull=True) | Q(least_minor__gte=1))
                & (Q(most_minor__isnull=True) | Q(most_minor__gte=1))
                & (Q(least_minor__isnull=True) | Q(most_minor__isnull=True) | Q(most_minor__gte=F("least_minor"))),
                name="supply_watch_bounds",
            ),
        ]
        indexes = [models.Index(fields=["looked_at"], name="supply_watch_next")]

    def __str__(self) -> str:
        return str(self.sku_id)


class PriceMove(models.Model):
    """What a watch did, or proposes: costs (in the shop's currency) and prices, old and new, and by which rule."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    what = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=states.MOVE_WAITING)
    #: What kept it from being applied at once: `once`, `day`; else empty.
    held_by = models.CharField(max_length=8, default="", blank=True)
    supplier_id = models.UUIDField(null=True)
    old_cost = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    new_cost = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    old_minor = models.BigIntegerField()
    new_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    rule = models.JSONField(default=dict)
    at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, default="", blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "supply_price_move"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "sku_id"], condition=Q(state=states.MOVE_WAITING), name="supply_price_move_one_waits"
            ),
            models.CheckConstraint(condition=Q(what__in=MOVES), name="supply_price_move_what"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.MOVE.states)), name="supply_price_move_state"),
            models.CheckConstraint(condition=Q(old_minor__gte=1, new_minor__gte=1), name="supply_price_move_prices"),
            models.CheckConstraint(
                condition=Q(state=states.MOVE_WAITING, decided_at__isnull=True, what="price")
                | (~Q(state=states.MOVE_WAITING) & Q(decided_at__isnull=False)),
                name="supply_price_move_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "-at"], name="supply_price_move_recent"),
            models.Index(fields=["shop_id", "sku_id", "-at"], name="supply_price_move_sku"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.what} {self.state}"


class Dismissed(models.Model):
    """A suggested match that somebody said no to: it is not suggested again."""

    pk = models.CompositePrimaryKey("shop_id", "sku_id", "item_ref")
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    item_ref = models.UUIDField()
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        db_table = "supply_dismissed"
        indexes = [models.Index(fields=["shop_id", "item_ref"], name="supply_dismissed_item")]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.item_ref}"


class Trial(models.Model):
    """What last week's purchases would have been under another routing. A loop replays them a stretch at a time.

    `sums`: running totals and, in the end, the answer. `after`: the last want that was replayed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    actor = models.CharField(max_length=80)
    draft = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    total = models.IntegerField()
    #: There was more than is replayed at most.
    cut = models.BooleanField(default=False)
    done = models.IntegerField(default=0)
    after = models.UUIDField()
    sums = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default=states.TRIAL.initial)
    problem = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "supply_trial"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(states.TRIAL.states)), name="supply_trial_state"),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN_TRIALS, ended_at__isnull=True)
                | (~Q(state__in=_OPEN_TRIALS) & Q(ended_at__isnull=False)),
                name="supply_trial_ended",
            ),
            models.CheckConstraint(condition=Q(total__gte=0, done__gte=0), name="supply_trial_numbers"),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="supply_trial_open", condition=Q(state__in=_OPEN_TRIALS)),
            models.Index(fields=["shop_id", "-created_at"], name="supply_trial_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"
