"""Tables of the mall. The constraints say what can be."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.mall import states

#: As of a movement of points.
MOST_UNITS = 10**9
MOST_MINOR = 9 * 10**9


class Reward(models.Model):
    """A SKU for points, or for points and money; how many pieces, for whom, and when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    state = models.CharField(max_length=8, default=states.DRAFT)
    points = models.BigIntegerField()
    #: What is paid with money beside the points.
    cash_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    #: Pieces in all; None: as long as there are goods.
    stock = models.IntegerField(null=True)
    #: Pieces that members have, less what came back.
    taken = models.IntegerField(default=0)
    #: Pieces of one member in a period; None: any number.
    most = models.IntegerField(null=True)
    period = models.CharField(max_length=8, default=states.EVER)
    least_rank = models.SmallIntegerField(default=0)
    #: Shown only to those who may have it.
    exclusive = models.BooleanField(default=False)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    position = models.IntegerField(default=0)
    words = models.CharField(max_length=200, default="", blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "mall_reward"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(states.REWARD.states)), name="mall_reward_state"),
            models.CheckConstraint(
                condition=Q(points__range=(1, MOST_UNITS), cash_minor__range=(0, MOST_MINOR)), name="mall_reward_price"
            ),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & (Q(stock__isnull=True) | Q(stock__gte=1, taken__lte=F("stock"))),
                name="mall_reward_stock",
            ),
            models.CheckConstraint(
                condition=Q(period__in=states.PERIODS) & (Q(most__isnull=True) | Q(most__gte=1)),
                name="mall_reward_limit",
            ),
            models.CheckConstraint(
                condition=Q(least_rank__range=(0, 11)) & (Q(exclusive=False) | Q(least_rank__gte=1)),
                name="mall_reward_rank",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="mall_reward_window",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "position", "id"], name="mall_reward_of")]

    def __str__(self) -> str:
        return f"{self.state} {self.sku_id}"


class Redemption(models.Model):
    """An order of a reward's goods that a member's points pay, all of it or in part."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.UUIDField()
    request_key = models.CharField(max_length=40)
    order_id = models.UUIDField()
    state = models.CharField(max_length=8, default=states.TAKEN)
    points = models.BigIntegerField()
    #: What the points pay of the order, and what is paid with money.
    minor = models.BigIntegerField()
    cash_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    #: Under which it is counted for its member.
    period_key = models.CharField(max_length=16)
    at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mall_redemption"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "order_id"], name="mall_redemption_order"),
            models.UniqueConstraint(fields=["shop_id", "owner", "request_key"], name="mall_redemption_request"),
            models.CheckConstraint(
                condition=Q(points__gt=0, minor__gt=0, cash_minor__gte=0), name="mall_redemption_price"
            ),
            models.CheckConstraint(
                condition=Q(state=states.TAKEN, returned_at__isnull=True)
                | Q(state=states.RETURNED, returned_at__isnull=False),
                name="mall_redemption_state",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["shop_id", "owner", "-id"], name="mall_redemption_of"),
            models.Index(fields=["shop_id", "reward", "-id"], name="mall_redemption_reward"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.order_id}"


class Tally(models.Model):
    """How many pieces of a reward a member has had in a period."""

    pk = models.CompositePrimaryKey("shop_id", "reward_id", "owner", "period_key")
    shop_id = models.UUIDField()
    reward_id = models.UUIDField()
    owner = models.UUIDField()
    period_key = models.CharField(max_length=16)
    n = models.IntegerField()

    class Meta:
        db_table = "mall_tally"
        constraints = [models.CheckConstraint(condition=Q(n__gte=0), name="mall_tally_counts")]

    def __str__(self) -> str:
        return f"{self.owner} {self.period_key} {self.n}"


class Draw(models.Model):
    """A draw: what a play costs, for whom, and when. Once it was on, that stays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    name = models.CharField(max_length=60)
    words = models.CharField(max_length=300, default="", blank=True)
    state = models.CharField(max_length=8, default=states.DRAFT)
    cost = models.BigIntegerField()
    per_day = models.IntegerField()
    least_rank = models.SmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "mall_draw"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(states.DRAW.states)), name="mall_draw_state"),
            models.CheckConstraint(
                condition=Q(cost__range=(1, MOST_UNITS), per_day__range=(1, 100), least_rank__range=(0, 11)),
                name="mall_draw_terms",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="mall_draw_window"),
        ]
        indexes = [models.Index(fields=["shop_id", "-id"], name="mall_draw_of")]

    def __str__(self) -> str:
        return f"{self.state} {self.name}"


class Prize(models.Model):
    """One prize of a draw: its weight, how many there are, and how many were won."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.SmallIntegerField()
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8)
    weight = models.IntegerField()
    #: None: as many as are won.
    stock = models.IntegerField(null=True)
    won = models.IntegerField(default=0)
    units = models.BigIntegerField(default=0)
    sku_id = models.UUIDField(null=True)
    #: What a roll of something that is gone gives.
    consolation = models.BooleanField(default=False)

    class Meta:
        db_table = "mall_prize"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "draw", "position"], name="mall_prize_position"),
            models.UniqueConstraint(
                fields=["shop_id", "draw"], name="mall_prize_consolation", condition=Q(consolation=True)
            ),
            models.CheckConstraint(
                condition=Q(kind=states.GOODS, sku_id__isnull=False, units=0, consolation=False)
                | Q(kind=states.POINTS, sku_id__isnull=True, units__range=(1, MOST_UNITS))
                | Q(kind=states.NOTHING, sku_id__isnull=True, units=0, stock__isnull=True),
                name="mall_prize_kind",
            ),
            models.CheckConstraint(condition=Q(weight__range=(1, 10**6)), name="mall_prize_weight"),
            models.CheckConstraint(
                condition=Q(won__gte=0) & (Q(stock__isnull=True) | Q(stock__gte=1, won__lte=F("stock"))),
                name="mall_prize_stock",
            ),
            models.CheckConstraint(
                condition=Q(consolation=False) | Q(stock__isnull=True), name="mall_prize_consoles"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Play(models.Model):
    """A play: its roll, the table of odds as it was, and what came of it. So each can be told again by anybody."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.UUIDField()
    request_key = models.CharField(max_length=40)
    state = models.CharField(max_length=8, default=states.PLAYED)
    day = models.DateField()
    #: The how manieth of its member on that day, of how many at most.
    nth = models.IntegerField()
    most = models.IntegerField()
    cost = models.BigIntegerField()
    roll = models.BigIntegerField()
    odds = models.JSONField()
    #: In whose stretch the roll is, and what was given.
    drawn = models.ForeignKey(Prize, on_delete=models.PROTECT, related_name="+", db_index=False)
    prize = models.ForeignKey(Prize, on_delete=models.PROTECT, related_name="+", db_index=False)
    units = models.BigIntegerField(default=0)
    order_id = models.UUIDField(null=True)
    #: What the goods cost, and how much of that came back and was given as points.
    minor = models.BigIntegerField(default=0)
    back_minor = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "mall_play"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "owner", "request_key"], name="mall_play_request"),
            models.UniqueConstraint(fields=["shop_id", "draw", "owner", "day", "nth"], name="mall_play_of_day"),
            models.UniqueConstraint(
                fields=["shop_id", "order_id"], name="mall_play_order", condition=Q(order_id__isnull=False)
            ),
            models.CheckConstraint(condition=Q(nth__gte=1, nth__lte=F("most"), roll__gte=0), name="mall_play_counts"),
            models.CheckConstraint(
                condition=Q(order_id__isnull=True, minor=0, units__gte=0)
                | Q(order_id__isnull=False, minor__gt=0, units=0),
                name="mall_play_won",
            ),
            models.CheckConstraint(
                condition=Q(back_minor__gte=0, back_minor__lte=F("minor"))
                & (Q(state=states.PLAYED) | Q(state=states.SWAPPED, minor__gt=0, back_minor=F("minor"))),
                name="mall_play_back",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "owner", "-id"], name="mall_play_of"),
            models.Index(fields=["shop_id", "draw", "-id"], name="mall_play_draw"),
            models.Index(fields=["shop_id", "prize"], name="mall_play_prize"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.roll}"


class PrizeBack(models.Model):
    """A refund of a prize's goods that was given as points, once."""

    refund_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    play = models.ForeignKey(Play, on_delete=models.PROTECT, related_name="+")
    minor = models.BigIntegerField()
    units = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "mall_prize_back"
        constraints = [models.CheckConstraint(condition=Q(minor__gt=0, units__gte=0), name="mall_prize_back_minor")]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.minor}"
