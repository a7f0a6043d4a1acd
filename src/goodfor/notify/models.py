"""Tables of notify. What makes a wrong state impossible stands here and in `sql/schema/guards.sql`."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.notify import states

STATES = sorted(states.MESSAGE.states)
OPEN = sorted(states.OPEN)


class Template(models.Model):
    """A shop's own words for a scene by a channel in a language. Each change is a new version; old ones stay."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    scene = models.CharField(max_length=32)
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    version = models.IntegerField()
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True)
    params = models.JSONField(default=list)
    link = models.TextField(blank=True)
    vendor_template = models.CharField(max_length=64, blank=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    saved_by = models.CharField(max_length=80)

    class Meta:
        db_table = "notify_template"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "scene", "channel", "language", "version"], name="notify_template_version"
            ),
            models.UniqueConstraint(
                fields=["shop_id", "scene", "channel", "language"],
                condition=Q(valid_to__isnull=True),
                name="notify_template_now",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="notify_template_version_ok"),
        ]


class Switch(models.Model):
    """Where a shop departs from the default matrix."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    scene = models.CharField(max_length=32)
    channel = models.CharField(max_length=16)
    audience = models.CharField(max_length=8)
    enabled = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "notify_switch"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "scene", "channel", "audience"], name="notify_switch_once")
        ]


class CodePermission(models.Model):
    """The shop said that codes of this SKU may stand in messages. No row: they may not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    allowed_at = models.DateTimeField()
    allowed_by = models.CharField(max_length=80)

    class Meta:
        db_table = "notify_code_permission"
        constraints = [models.UniqueConstraint(fields=["shop_id", "sku_id"], name="notify_code_permission_once")]


class Account(models.Model):
    """A shop's account at a channel. A changed setting is a new row; the current one of a channel sends."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    channel = models.CharField(max_length=16)
    provider = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    config = models.JSONField(default=dict)
    secret_names = models.JSONField(default=list)
    secret_key_id = models.IntegerField(null=True)
    secret_blob = models.BinaryField(null=True)
    enabled = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "notify_account"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "channel"], condition=Q(valid_to__isnull=True), name="notify_account_now"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="notify_account_valid"
            ),
            models.CheckConstraint(
                condition=Q(secret_key_id__isnull=True, secret_blob__isnull=True)
                | Q(secret_key_id__isnull=False, secret_blob__isnull=False),
                name="notify_account_sealed",
            ),
        ]


class Token(models.Model):
    """An access token that a vendor gave an account, sealed; and who is fetching the next one until when."""

    account_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    token_key_id = models.IntegerField(null=True)
    token_blob = models.BinaryField(null=True)
    expires_at = models.DateTimeField(null=True)
    fetching_until = models.DateTimeField(null=True)
    fetched = models.IntegerField(default=0)

    class Meta:
        db_table = "notify_token"


class PushSubscription(models.Model):
    """A browser that asked for push messages. `owner` is opaque; address and keys are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    owner = models.CharField(max_length=80)
    endpoint_index = models.BinaryField(max_length=16)
    key_id = models.IntegerField()
    blob = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "notify_push_subscription"
        constraints = [models.UniqueConstraint(fields=["shop_id", "endpoint_index"], name="notify_push_endpoint")]
        indexes = [models.Index(fields=["shop_id", "owner"], name="notify_push_owner")]


class Notice(models.Model):
    """The business key: what was told to whom by which channel. At most once, for ever."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    scene = models.CharField(max_length=32)
    subject = models.CharField(max_length=120)
    audience = models.CharField(max_length=8)
    channel = models.CharField(max_length=16)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "notify_notice"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "scene", "subject", "audience", "channel"], name="notify_notice_once"
            )
        ]


class Message(models.Model):
    """One message to one address. The recipient is sealed and found by a blind index; so is the content, while it is
    kept: a secret one only until the message has ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    notice_id = models.UUIDField()
    scene = models.CharField(max_length=32)
    subject = models.CharField(max_length=120)
    audience = models.CharField(max_length=8)
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    template_version = models.IntegerField()
    secret = models.BooleanField()
    state = models.CharField(max_length=16, default=states.QUEUED)
    recipient_key_id = models.IntegerField(null=True)
    recipient_blob = models.BinaryField(null=True)
    recipient_index = models.BinaryField(max_length=16)
    recipient_hint = models.CharField(max_length=200, blank=True)
    content_key_id = models.IntegerField(null=True)
    content_blob = models.BinaryField(null=True)
    account_id = models.UUIDField(null=True)
    provider = models.CharField(max_length=32, blank=True)
    provider_ref = models.CharField(max_length=128, blank=True)
    failure = models.CharField(max_length=64, blank=True)
    attempts = models.IntegerField(default=0)
    asks = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    #: The thing above that it is about (an order); opaque here.
    about_id = models.UUIDField(null=True)
    #: The vendor says that the phone has it. `report_due_at`: a report came in, and the vendor is to be asked.
    delivered_at = models.DateTimeField(null=True)
    report_due_at = models.DateTimeField(null=True)
    report_asks = models.IntegerField(default=0)

    class Meta:
        db_table = "notify_message"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "notice_id", "recipient_index"], name="notify_message_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="notify_message_state"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, next_try_at__isnull=False)
                | (~Q(state__in=OPEN) & Q(next_try_at__isnull=True)),
                name="notify_message_due_while_open",
            ),
            models.CheckConstraint(
                condition=~Q(secret=True) | Q(state__in=OPEN) | Q(content_blob__isnull=True),
                name="notify_message_secret_wiped",
            ),
            models.CheckConstraint(
                condition=Q(state=states.SENT, sent_at__isnull=False)
                | (~Q(state=states.SENT) & Q(sent_at__isnull=True)),
                name="notify_message_sent",
            ),
            models.CheckConstraint(
                condition=Q(content_key_id__isnull=True, content_blob__isnull=True)
                | Q(content_key_id__isnull=False, content_blob__isnull=False),
                name="notify_message_sealed",
            ),
            models.CheckConstraint(
                condition=Q(state=states.SENT) | Q(delivered_at__isnull=True, report_due_at__isnull=True),
                name="notify_message_reported",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="notify_message_due"),
            models.Index(fields=["shop_id", "id"], name="notify_message_log"),
            models.Index(fields=["shop_id", "subject"], name="notify_message_subject"),
            models.Index(fields=["shop_id", "recipient_index"], name="notify_message_recipient"),
            models.Index(fields=["shop_id", "state", "id"], name="notify_message_state_log"),
            models.Index(fields=["shop_id", "created_at"], name="notify_message_age"),
            models.Index(
                fields=["shop_id", "about_id"], condition=Q(about_id__isnull=False), name="notify_message_about"
            ),
            models.Index(
                fields=["report_due_at"], condition=Q(report_due_at__isnull=False), name="notify_message_reports"
            ),
        ]


class StaffAlert(models.Model):
    """Where a member of the staff departs from what the role gets: one scene by one channel."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    staff_id = models.UUIDField()
    scene = models.CharField(max_length=32)
    channel = models.CharField(max_length=16)
    enabled = models.BooleanField()

    class Meta:
        db_table = "notify_staff_alert"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "staff_id", "scene", "channel"], name="notify_staff_alert_once")
        ]


class StaffAddress(models.Model):
    """Where a member of the staff is reached by a channel, if not at the account's own mailbox; sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    staff_id = models.UUIDField()
    channel = models.CharField(max_length=16)
    key_id = models.IntegerField()
    blob = models.BinaryField()
    hint = models.CharField(max_length=200)

    class Meta:
        db_table = "notify_staff_address"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "staff_id", "channel"], name="notify_staff_address_once")
        ]


class Setting(models.Model):
    """How long a shop keeps its send log, in days. No row: as long as Goodfor keeps it by default."""

    shop_id = models.UUIDField(primary_key=True)
    keep_days = models.IntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "notify_setting"
        constraints = [
            models.CheckConstraint(condition=Q(keep_days__gte=7, keep_days__lte=3650), name="notify_setting_keep_days")
        ]
