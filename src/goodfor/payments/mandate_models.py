"""Stored consents to be charged again, and the charges made by them."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.payments import states

MANDATE_STATES = sorted(states.MANDATE.states)
CHARGE_STATES = sorted(states.CHARGE.states)
_OVER = (states.SUCCEEDED, states.REFUSED, states.LATE)


class Mandate(models.Model):
    """A holder's consent at one channel account. Our number is the contract's for ever; so is the channel's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    #: The version of the account that it was begun with. It is asked about and charged by the one that is valid now.
    account_id = models.UUIDField()
    provider = models.CharField(max_length=32)
    account_code = models.CharField(max_length=32)
    number = models.CharField(max_length=32)
    business_key = models.CharField(max_length=100)
    holder = models.CharField(max_length=100)
    subject = models.CharField(max_length=128)
    state = models.CharField(max_length=8, default=states.STARTED)
    most_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    cycle_unit = models.CharField(max_length=8)
    cycle_count = models.IntegerField()
    first_at = models.DateTimeField()
    #: What the channel calls the signing itself, and the contract that came of it.
    sign_ref = models.CharField(max_length=128, default="")
    channel_ref = models.CharField(max_length=128, default="")
    #: What the adapter needs to repeat the same call: urls, client ip, device, names.
    request = models.JSONField(default=dict)
    failure = models.CharField(max_length=64, default="")
    ended_by = models.CharField(max_length=64, default="")
    created_at = models.DateTimeField()
    #: Whoever has not signed until then is not waited for.
    expires_at = models.DateTimeField()
    active_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: When to ask the channel; of one that is over: when to tell it so.
    next_ask_at = models.DateTimeField(null=True)
    asked = models.IntegerField(default=0)

    class Meta:
        db_table = "payments_mandate"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="payments_mandate_number"),
            models.UniqueConstraint(fields=["shop_id", "business_key"], name="payments_mandate_key"),
            models.UniqueConstraint(
                fields=["shop_id", "provider", "account_code", "channel_ref"],
                condition=~Q(channel_ref=""),
                name="payments_mandate_contract",
            ),
            models.CheckConstraint(condition=Q(state__in=MANDATE_STATES), name="payments_mandate_state"),
            models.CheckConstraint(condition=Q(most_minor__gt=0), name="payments_mandate_most"),
            models.CheckConstraint(
                condition=Q(cycle_unit__in=("day", "month"), cycle_count__gt=0), name="payments_mandate_cycle"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9A-Za-z]{6,32}$") & ~Q(holder=""), name="payments_mandate_names"
            ),
            models.CheckConstraint(
                condition=Q(state__in=(states.STARTED, states.FAILED), active_at__isnull=True, channel_ref="")
                | (Q(state__in=(states.ACTIVE, states.ENDED), active_at__isnull=False) & ~Q(channel_ref="")),
                name="payments_mandate_signed",
            ),
            models.CheckConstraint(
                condition=(Q(state=states.ENDED, ended_at__isnull=False) & ~Q(ended_by=""))
                | (~Q(state=states.ENDED) & Q(ended_at__isnull=True, ended_by="")),
                name="payments_mandate_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["next_ask_at"], condition=Q(next_ask_at__isnull=False), name="payments_mandate_due"),
            models.Index(fields=["shop_id", "holder"], name="payments_mandate_holder"),
        ]

    def __str__(self) -> str:
        return self.number


class MandateCharge(models.Model):
    """One charge: a payment without its payer at a page. One at a time for a source, and never a second that worked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="charges", db_index=False)
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="+", db_index=False)
    business_key = models.CharField(max_length=100)
    source_type = models.CharField(max_length=32)
    source_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, default=states.CREATED)
    code = models.CharField(max_length=32, default="")
    #: Where the channel wants the holder to be told before: from when to when it takes the charge.
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_mandate_charge"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "business_key"], name="payments_charge_key"),
            models.UniqueConstraint(fields=["shop_id", "payment"], name="payments_charge_payment"),
            models.UniqueConstraint(
                fields=["shop_id", "source_type", "source_id"],
                condition=Q(state__in=sorted(states.LIVE)),
                name="payments_charge_source_once",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_charge_amount"),
            models.CheckConstraint(condition=Q(state__in=CHARGE_STATES), name="payments_charge_state"),
            models.CheckConstraint(
                condition=Q(state__in=_OVER, ended_at__isnull=False) | (~Q(state__in=_OVER) & Q(ended_at__isnull=True)),
                name="payments_charge_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state=states.REFUSED) | ~Q(code=""), name="payments_charge_refused_says_why"
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "mandate"], name="payments_charge_mandate")]

    def __str__(self) -> str:
        return self.business_key
