"""Groups that buy together, and who is in them. Persons, never filled up: each place is an order that was paid."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.promotions import group_states
from goodfor.promotions.group_types import MAX_SIZE
from goodfor.promotions.persons import MAX_NAME


class Group(models.Model):
    """One group of a campaign. Its row is locked for whatever decides who is in: payment, expiry, leaving."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    campaign_id = models.UUIDField()
    revision_id = models.UUIDField()
    sku_id = models.UUIDField()
    price_minor = models.BigIntegerField()
    size = models.SmallIntegerField()
    hours = models.SmallIntegerField()
    #: Who began it, and by what names he is known.
    head_ref = models.CharField(max_length=64)
    head_names = ArrayField(models.CharField(max_length=MAX_NAME))
    state = models.CharField(max_length=8, default=group_states.STARTING)
    #: Persons who have paid; who shares a name with another counts once.
    persons = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField()
    #: The first payment; the clock runs from there.
    opened_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "promotions_group"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "campaign_id", "head_ref"], condition=Q(state__in=["starting", "open"]),
                name="promotions_group_running",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=2, size__lte=MAX_SIZE, price_minor__gte=1, hours__gte=1),
                name="promotions_group_sound",
            ),
            models.CheckConstraint(
                condition=Q(state="starting", opened_at__isnull=True, ended_at__isnull=True, persons=0)
                | Q(state="void", opened_at__isnull=True, ended_at__isnull=False, persons=0)
                | Q(
                    state="open", opened_at__isnull=False, expires_at__isnull=False, ended_at__isnull=True,
                    persons__gte=0, persons__lt=F("size"),
                )
                | Q(state="formed", opened_at__isnull=False, ended_at__isnull=False, persons__gte=F("size"))
                | Q(state="failed", opened_at__isnull=False, ended_at__isnull=False, persons__lt=F("size")),
                name="promotions_group_state",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["expires_at"], name="promotions_group_due", condition=Q(state="open")),
            models.Index(
                fields=["shop_id", "campaign_id", "expires_at"], name="promotions_group_open",
                condition=Q(state="open"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Place(models.Model):
    """An order in a group."""

    order_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    group_id = models.UUIDField()
    buyer_ref = models.CharField(max_length=64)
    names = ArrayField(models.CharField(max_length=MAX_NAME))
    pieces = models.IntegerField()
    head = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default=group_states.WAITING)
    made_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "promotions_place"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "group_id", "buyer_ref"], condition=Q(state__in=list(group_states.LIVE)),
                name="promotions_place_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "gone"], paid_at__isnull=True)
                | Q(state="joined", paid_at__isnull=False, ended_at__isnull=True)
                | Q(state__in=["won", "lost", "left", "turned"], paid_at__isnull=False, ended_at__isnull=False),
                name="promotions_place_state",
            ),
            models.CheckConstraint(condition=Q(pieces__gte=1), name="promotions_place_pieces"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["shop_id", "group_id"], name="promotions_place_group")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"
