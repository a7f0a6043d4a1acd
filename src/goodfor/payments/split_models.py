"""Splits: what is frozen at a channel of a payment, who gets how much of it, and what came back from them."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.payments import states

#: Ten thousandths of what was kept of a payment.
WHOLE = 10_000
POT_STATES = sorted(states.POT.states)
ERRAND_STATES = sorted(states.SPLIT.states)
_OVER = (states.SUCCEEDED, states.FAILED)


class Receiver(models.Model):
    """Who gets a standing share of each payment of a channel account. The legal name is sealed, and write-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    provider = models.CharField(max_length=32)
    account_code = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    #: The receiver's number at the channel: merchant id, openid, user id.
    ref = models.CharField(max_length=64)
    label = models.CharField(max_length=60)
    relation = models.CharField(max_length=32, default="PARTNER")
    basis_points = models.IntegerField(default=0)
    secret_key_id = models.IntegerField(null=True)
    secret_blob = models.BinaryField(null=True)
    state = models.CharField(max_length=8, default=states.ASKED)
    failure = models.CharField(max_length=64, default="")
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "payments_receiver"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "provider", "account_code", "ref"],
                condition=~Q(state=states.GONE),
                name="payments_receiver_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=("merchant", "person")), name="payments_receiver_kind"),
            models.CheckConstraint(
                condition=Q(basis_points__gte=0, basis_points__lte=WHOLE), name="payments_receiver_share"
            ),
            models.CheckConstraint(
                condition=Q(secret_key_id__isnull=True, secret_blob__isnull=True)
                | Q(secret_key_id__isnull=False, secret_blob__isnull=False),
                name="payments_receiver_sealed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.RECEIVER.states)), name="payments_receiver_state"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="payments_receiver_due")
        ]

    def __str__(self) -> str:
        return self.label


class Pot(models.Model):
    """What a channel keeps frozen of one payment until it is shared out or given free, at the latest at `release_by`.

    `shared_minor`: shares that were asked for and did not fail; a trigger keeps it, the CHECK is the last word.
    """

    payment_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    account_id = models.UUIDField()
    provider = models.CharField(max_length=32)
    account_code = models.CharField(max_length=32)
    frozen_minor = models.BigIntegerField()
    cap_minor = models.BigIntegerField()
    shared_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, default=states.FROZEN)
    tries = models.IntegerField(default=0)
    #: When to share out; null: an errand is under way, a person must decide, or it is over.
    due_at = models.DateTimeField(null=True)
    release_by = models.DateTimeField()
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_pot"
        constraints = [
            models.CheckConstraint(
                condition=Q(shared_minor__gte=0, shared_minor__lte=F("cap_minor"), cap_minor__lte=F("frozen_minor")),
                name="payments_pot_within_cap",
            ),
            models.CheckConstraint(condition=Q(state__in=POT_STATES), name="payments_pot_state"),
            models.CheckConstraint(
                condition=Q(state=states.RELEASED, released_at__isnull=False, due_at__isnull=True)
                | (~Q(state=states.RELEASED) & Q(released_at__isnull=True)),
                name="payments_pot_released",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="payments_pot_due"),
            models.Index(fields=["release_by"], condition=~Q(state="released"), name="payments_pot_late"),
            models.Index(fields=["shop_id", "-created_at"], name="payments_pot_shop"),
        ]

    def __str__(self) -> str:
        return str(self.payment_id)


class Errand(models.Model):
    """Something asked of the channel under one number, the same on every try. Abstract."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    payment_id = models.UUIDField()
    number = models.CharField(max_length=32)
    state = models.CharField(max_length=12, default=states.CREATED)
    channel_ref = models.CharField(max_length=64, default="")
    failure = models.CharField(max_length=64, default="")
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


class Split(Errand):
    """One sharing out, the last of its payment: what no share takes is given free. No shares: given free whole.

    `base_minor` is what was kept of the payment then; `refunds` are the ids of those that it was less for.
    """

    machine = states.SPLIT
    base_minor = models.BigIntegerField()
    refunds = models.JSONField(default=list)

    class Meta:
        db_table = "payments_split"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="payments_split_number"),
            # One at a time, and none after one that succeeded.
            models.UniqueConstraint(
                fields=["payment_id"], condition=~Q(state=states.FAILED), name="payments_split_once"
            ),
            models.CheckConstraint(condition=Q(base_minor__gte=0), name="payments_split_base"),
            models.CheckConstraint(condition=Q(state__in=ERRAND_STATES), name="payments_split_state"),
            models.CheckConstraint(
                condition=Q(state__in=_OVER, finished_at__isnull=False)
                | (~Q(state__in=_OVER) & Q(finished_at__isnull=True)),
                name="payments_split_finished",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="payments_split_due")
        ]


class SplitShare(models.Model):
    """What one receiver gets by one split. `returned_minor`: asked back and not refused; a trigger keeps it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    split = models.ForeignKey(Split, on_delete=models.PROTECT, related_name="shares", db_index=False)
    payment_id = models.UUIDField()
    receiver_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0)
    #: How much of it was asked back by itself so far, whatever became of that.
    asked_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=9, default=states.PENDING)
    code = models.CharField(max_length=64, default="")
    channel_ref = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "payments_split_share"
        constraints = [
            models.UniqueConstraint(fields=["split", "receiver_id"], name="payments_split_share_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, returned_minor__gte=0, returned_minor__lte=F("amount_minor"))
                & Q(asked_minor__gte=0, asked_minor__lte=F("amount_minor")),
                name="payments_split_share_returned",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.SHARE.states)), name="payments_split_share_state"
            ),
            models.CheckConstraint(
                condition=Q(returned_minor=0) | Q(state=states.SUCCEEDED), name="payments_split_share_given"
            ),
        ]
        indexes = [models.Index(fields=["payment_id"], name="payments_split_share_payment")]

    def __str__(self) -> str:
        return f"{self.split_id}:{self.receiver_id}"


class SplitReturn(Errand):
    """A share, or a part of one, taken back after a refund."""

    machine = states.SPLIT_RETURN
    share = models.ForeignKey(SplitShare, on_delete=models.PROTECT, related_name="returns", db_index=False)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        db_table = "payments_split_return"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="payments_split_return_number"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_split_return_amount"),
            models.CheckConstraint(condition=Q(state__in=ERRAND_STATES), name="payments_split_return_state"),
            models.CheckConstraint(
                condition=Q(state__in=_OVER, finished_at__isnull=False)
                | (~Q(state__in=_OVER) & Q(finished_at__isnull=True)),
                name="payments_split_return_finished",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="payments_return_due"),
            models.Index(fields=["share"], name="payments_split_return_share"),
        ]
