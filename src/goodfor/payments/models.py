"""Tables of payments. What makes a wrong state impossible stands here and in `sql/schema/guards.sql`.

`shop_id`, `source_id` and `account_id` are opaque ids without foreign keys: a foreign key would lock the parent row in
share mode on each insert, and the account row of a busy shop is hot.
"""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.payments import bill_models as bill_models
from goodfor.payments import dispute_models as dispute_models
from goodfor.payments import health_models as health_models
from goodfor.payments import mandate_models as mandate_models
from goodfor.payments import sandbox_models as sandbox_models
from goodfor.payments import split_models as split_models
from goodfor.payments import states

PAYMENT_STATES = sorted(states.PAYMENT.states)
REFUND_STATES = sorted(states.REFUND.states)


class Account(models.Model):
    """A merchant account at a channel. A new key is a new row with the same code; old payments keep their row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    provider = models.CharField(max_length=32)
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    config = models.JSONField(default=dict)
    methods = models.JSONField(default=list)
    secret_key_id = models.IntegerField(null=True)
    secret_blob = models.BinaryField(null=True)
    enabled = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    exposure_limit_minor = models.BigIntegerField(null=True)
    exposure_since = models.DateTimeField()
    #: Whose account it really is: of the shop that runs the platform, lent to this one, which cannot change it.
    lender_shop_id = models.UUIDField(null=True)
    lender_code = models.CharField(max_length=32, default="", db_default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "payments_account"
        indexes = [
            models.Index(
                fields=["lender_shop_id", "lender_code"],
                name="payments_account_lent",
                condition=Q(lender_shop_id__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "code"], condition=Q(valid_to__isnull=True), name="payments_account_code_now"
            ),
            models.UniqueConstraint(fields=["shop_id", "code", "valid_from"], name="payments_account_code_from"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="payments_account_valid"
            ),
            models.CheckConstraint(
                condition=Q(secret_key_id__isnull=True, secret_blob__isnull=True)
                | Q(secret_key_id__isnull=False, secret_blob__isnull=False),
                name="payments_account_sealed",
            ),
            models.CheckConstraint(
                condition=Q(exposure_limit_minor__isnull=True) | Q(exposure_limit_minor__gte=0),
                name="payments_account_limit",
            ),
            models.CheckConstraint(
                condition=Q(lender_shop_id__isnull=True, lender_code="")
                | Q(lender_shop_id__isnull=False) & ~Q(lender_code="") & ~Q(lender_shop_id=F("shop_id")),
                name="payments_account_lender",
            ),
        ]


class Payment(models.Model):
    """One attempt to be paid: one number, one amount, one account, for ever."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account_id = models.UUIDField()
    provider = models.CharField(max_length=32)
    account_code = models.CharField(max_length=32)
    number = models.CharField(max_length=32)
    source_type = models.CharField(max_length=32)
    source_id = models.UUIDField()
    #: True on the one payment that pays its source, else null: the unique constraint allows one.
    settles = models.BooleanField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, default=states.CREATED)
    method = models.CharField(max_length=32, default="")
    channel_ref = models.CharField(max_length=64, default="")
    wallet_account = models.CharField(max_length=128, default="")
    #: What the adapter needs to repeat the same call: subject, urls, client ip, device.
    request = models.JSONField(default=dict)
    instruction = models.JSONField(null=True)
    failure = models.CharField(max_length=64, default="")
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    pending_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    next_poll_at = models.DateTimeField(null=True)
    poll_count = models.IntegerField(default=0)

    class Meta:
        db_table = "payments_payment"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="payments_payment_number"),
            # Serves the look-up by source as well: null is distinct from null.
            models.UniqueConstraint(
                fields=["shop_id", "source_type", "source_id", "settles"], name="payments_payment_settles_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_payment_amount"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, captured_minor__gte=F("refunded_minor")),
                name="payments_payment_refunded_within_captured",
            ),
            models.CheckConstraint(condition=Q(state__in=PAYMENT_STATES), name="payments_payment_state"),
            models.CheckConstraint(
                condition=~Q(state=states.SUCCEEDED)
                | Q(captured_minor__gte=F("amount_minor"), succeeded_at__isnull=False),
                name="payments_payment_succeeded_is_captured",
            ),
            models.CheckConstraint(
                condition=Q(settles__isnull=True) | Q(settles=True, state=states.SUCCEEDED),
                name="payments_payment_settles_succeeded",
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9A-Za-z_-]{1,32}$"), name="payments_payment_number_ok"
            ),
        ]
        indexes = [
            models.Index(fields=["next_poll_at"], condition=Q(next_poll_at__isnull=False), name="payments_payment_due"),
            models.Index(
                fields=["shop_id", "account_id", "succeeded_at"],
                condition=Q(captured_minor__gt=F("refunded_minor"), wallet_account=""),
                name="payments_payment_exposure",
            ),
            # The staff's list of a state. Most payments have succeeded, and are found by walking the ids.
            models.Index(
                fields=["shop_id", "state", "id"],
                condition=~Q(state="succeeded"),
                name="payments_payment_desk",
            ),
        ]


class Inbox(models.Model):
    """A callback as it came. Verified rows change in `applied_at` and `problem` only; forged ones are a sample."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account_id = models.UUIDField()
    provider = models.CharField(max_length=32)
    event_key = models.CharField(max_length=160)
    our_ref = models.CharField(max_length=64, default="")
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=512)
    query = models.BinaryField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    verified = models.BooleanField()
    problem = models.CharField(max_length=64, default="")
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_inbox"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "account_id", "event_key"], name="payments_inbox_event"),
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=Q(verified=True, applied_at__isnull=True),
                name="payments_inbox_unapplied",
            ),
            models.Index(fields=["received_at"], condition=Q(verified=False), name="payments_inbox_forged"),
            models.Index(fields=["shop_id", "account_id", "our_ref"], name="payments_inbox_ref"),
        ]


class FactRow(models.Model):
    """What a channel said, once. `outcome` empty: recorded, not applied yet."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account_id = models.UUIDField()
    provider = models.CharField(max_length=32)
    payment_id = models.UUIDField(null=True)
    refund_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=16)
    our_ref = models.CharField(max_length=64)
    channel_ref = models.CharField(max_length=64)
    #: Of a dispute that does not name our payment: the channel's number of the payment.
    parent_ref = models.CharField(max_length=64, default="", db_default="")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    happened_at = models.DateTimeField()
    source = models.CharField(max_length=8)
    inbox_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    outcome = models.CharField(max_length=24, default="")
    posting_ref = models.CharField(max_length=100, default="")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_fact"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "account_id", "kind", "channel_ref"], name="payments_fact_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_fact_amount"),
            models.CheckConstraint(condition=~Q(channel_ref=""), name="payments_fact_ref"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "paid",
                        "closed",
                        "refunded",
                        "refund_failed",
                        "disputed",
                        "dispute_won",
                        "dispute_lost",
                    ]
                ),
                name="payments_fact_kind",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", applied_at__isnull=True) | (~Q(outcome="") & Q(applied_at__isnull=False)),
                name="payments_fact_applied",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "payment_id"], name="payments_fact_payment"),
            models.Index(fields=["recorded_at"], condition=Q(applied_at__isnull=True), name="payments_fact_unapplied"),
        ]


class Refund(models.Model):
    """Money to give back on a payment. Its number is the same on every try."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds", db_index=False)
    number = models.CharField(max_length=32)
    business_key = models.CharField(max_length=100)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, default=states.CREATED)
    reason = models.CharField(max_length=200, default="")
    #: A ledger account that the money comes from instead of the channel: a buyer's wallet, or the bank, by hand.
    paid_from = models.CharField(max_length=128, default="", db_default="")
    #: Which capture is given back, by the channel's number.
    capture_ref = models.CharField(max_length=64)
    channel_ref = models.CharField(max_length=64, default="")
    failure = models.CharField(max_length=64, default="")
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_refund"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="payments_refund_number"),
            models.UniqueConstraint(fields=["shop_id", "business_key"], name="payments_refund_key"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_refund_amount"),
            models.CheckConstraint(condition=Q(state__in=REFUND_STATES), name="payments_refund_state"),
            models.CheckConstraint(
                condition=Q(state__in=[states.SUCCEEDED, states.FAILED], finished_at__isnull=False)
                | (~Q(state__in=[states.SUCCEEDED, states.FAILED]) & Q(finished_at__isnull=True)),
                name="payments_refund_finished",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="payments_refund_due"),
            models.Index(fields=["shop_id", "payment"], name="payments_refund_payment"),
        ]


class Case(models.Model):
    """Something for a person to decide, opened once for each business key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=32)
    business_key = models.CharField(max_length=160)
    payment_id = models.UUIDField(null=True)
    refund_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default=states.OPEN)
    resolution = models.CharField(max_length=200, default="")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_case"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "kind", "business_key"], name="payments_case_once"),
            models.CheckConstraint(
                condition=Q(state=states.OPEN, closed_at__isnull=True)
                | Q(state=states.CLOSED, closed_at__isnull=False),
                name="payments_case_state",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "opened_at"], condition=Q(state="open"), name="payments_case_open"),
            models.Index(fields=["shop_id", "payment_id"], name="payments_case_payment"),
        ]


class SandboxTrade(models.Model):
    """The books of the built-in sandbox channel; empty unless GOODFOR_SANDBOX_PROVIDER is on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account_id = models.UUIDField()
    number = models.CharField(max_length=32)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, default="unpaid")
    refunded_minor = models.BigIntegerField(default=0)
    refunds = models.JSONField(default=dict)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_sandbox_trade"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="payments_sandbox_number"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="payments_sandbox_refunded",
            ),
        ]
