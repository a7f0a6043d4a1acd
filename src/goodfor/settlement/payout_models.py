"""Tables of paying statements out. Where somebody is paid is not kept here: only a keyed mark of it, and its end."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.settlement import states

_OVER = (states.SUCCEEDED, states.FAILED)


class PayoutFile(models.Model):
    """A file for the bank. It can be written again while nobody's bank account has changed: the same bytes or none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    number = models.CharField(max_length=40)
    bank_format = models.CharField(max_length=16)
    count = models.IntegerField()
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    sha256 = models.BinaryField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "settlement_file"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="settlement_file_number"),
            models.CheckConstraint(condition=Q(count__gt=0, total_minor__gt=0), name="settlement_file_sums"),
        ]

    def __str__(self) -> str:
        return self.number


class Payout(models.Model):
    """One try to pay a statement, under one number for ever. A statement has one that did not fail, at most."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    number = models.CharField(max_length=90)
    statement_id = models.UUIDField()
    party_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    #: `file`, or the name of a provider, with what tells its accounts apart after a colon.
    way = models.CharField(max_length=64)
    #: The account at the provider that it goes by: asked about nowhere else.
    account_id = models.UUIDField(null=True)
    file_id = models.UUIDField(null=True)
    #: Which bank account it is meant for: keyed index of bank, name and number; and the number's last four.
    bank_mark = models.BinaryField()
    bank_tail = models.CharField(max_length=4)
    state = models.CharField(max_length=12, default=states.CREATED)
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    provider_ref = models.CharField(max_length=80, default="", blank=True)
    failure = models.CharField(max_length=64, default="", blank=True)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=80)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_payout"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="settlement_payout_number"),
            models.UniqueConstraint(
                fields=["shop_id", "statement_id"],
                name="settlement_payout_once",
                condition=~Q(state=states.FAILED),
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, state__in=sorted(states.PAYOUT.states)), name="settlement_payout_fits"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_OVER, finished_at__isnull=False, next_try_at__isnull=True)
                | ~Q(state__in=_OVER) & Q(finished_at__isnull=True),
                name="settlement_payout_ended",
            ),
            models.CheckConstraint(
                condition=Q(way="file", file_id__isnull=False, next_try_at__isnull=True)
                | ~Q(way="file") & Q(file_id__isnull=True),
                name="settlement_payout_way",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="settlement_payout_due", condition=Q(next_try_at__isnull=False)),
            models.Index(fields=["shop_id", "statement_id"], name="settlement_payout_of"),
            models.Index(
                fields=["shop_id", "file_id"], name="settlement_payout_file", condition=Q(file_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number
