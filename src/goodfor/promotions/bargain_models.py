"""Bargains: friends bring a price down, each once. What each help takes off is settled when it begins."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.promotions import group_states
from goodfor.promotions.persons import MAX_NAME


class Bargain(models.Model):
    """One bargain of a buyer. `cuts` sum to start less floor; the first `helped` of them count."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    campaign_id = models.UUIDField()
    revision_id = models.UUIDField()
    sku_id = models.UUIDField()
    owner_ref = models.CharField(max_length=64)
    owner_names = ArrayField(models.CharField(max_length=MAX_NAME))
    start_minor = models.BigIntegerField()
    floor_minor = models.BigIntegerField()
    price_minor = models.BigIntegerField()
    cuts = ArrayField(models.BigIntegerField())
    helped = models.SmallIntegerField(default=0)
    help_most = models.SmallIntegerField()
    state = models.CharField(max_length=8, default=group_states.OPEN)
    order_id = models.UUIDField(null=True)
    #: Orders at its price that were closed unpaid: money may still come for one of them.
    freed_orders = ArrayField(models.UUIDField(), default=list)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "promotions_bargain"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "campaign_id", "owner_ref"], condition=Q(state__in=["open", "taken"]),
                name="promotions_bargain_running",
            ),
            models.UniqueConstraint(
                fields=["shop_id", "order_id"], condition=Q(order_id__isnull=False), name="promotions_bargain_order"
            ),
            models.CheckConstraint(
                condition=Q(
                    floor_minor__gte=1, start_minor__gt=F("floor_minor"), price_minor__gte=F("floor_minor"),
                    price_minor__lte=F("start_minor"), helped__gte=0, help_most__gte=1,
                ),
                name="promotions_bargain_sound",
            ),
            models.CheckConstraint(
                condition=Q(state="open", order_id__isnull=True, ended_at__isnull=True)
                | Q(state="taken", order_id__isnull=False, ended_at__isnull=True)
                | Q(state="used", order_id__isnull=False, ended_at__isnull=False)
                | Q(state="expired", order_id__isnull=True, ended_at__isnull=False),
                name="promotions_bargain_state",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["expires_at"], name="promotions_bargain_due", condition=Q(state="open")),
            GinIndex(fields=["freed_orders"], name="promotions_bargain_freed"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Help(models.Model):
    """One help: the `number`th cut of a bargain, taken by this person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    bargain_id = models.UUIDField()
    campaign_id = models.UUIDField()
    number = models.SmallIntegerField()
    minor = models.BigIntegerField()
    helper_ref = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "promotions_help"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "bargain_id", "number"], name="promotions_help_number"),
            models.CheckConstraint(condition=Q(minor__gte=1, number__gte=1), name="promotions_help_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.bargain_id} {self.number}"


class HelpName(models.Model):
    """A name (account, device, telephone, group of accounts) that has helped a bargain, or is its owner's: once."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.UUIDField()
    bargain_id = models.UUIDField()
    campaign_id = models.UUIDField()
    name = models.CharField(max_length=MAX_NAME)
    owner = models.BooleanField(default=False)

    class Meta:
        db_table = "promotions_help_name"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "bargain_id", "name"], name="promotions_help_name_once")
        ]
        indexes = [models.Index(fields=["shop_id", "campaign_id", "name"], name="promotions_help_name_most")]

    def __str__(self) -> str:
        return f"{self.bargain_id} {self.name}"
