"""Tables of buyers' accounts. A buyer belongs to one shop; every row says which. Contacts and secrets lie sealed.

No row here is a foreign key of another: `buyer_id` is enough, and a buyer's rows are erased one table at a time.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractDay, ExtractMonth

from goodfor.identity import states
from goodfor.kernel.ids import uuid7

KINDS = ("phone", "email")
CHANNELS = ("email", "sms", "wechat", "webpush")
PURPOSES = ("service", "member", "marketing")
MOST_GUESSES = 5


class Buyer(models.Model):
    """A buyer's account in one shop. `password` is Django's text form, empty for none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    state = models.CharField(max_length=16, default="active")
    name = models.CharField(max_length=60, default="", blank=True)
    birthday = models.DateField(null=True)
    #: When it was last set: presents go by it, so it does not change at will.
    birthday_set_at = models.DateTimeField(null=True)
    locale = models.CharField(max_length=16, default="zh-hans")
    password = models.CharField(max_length=256, default="", blank=True)
    password_changed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    erase_at = models.DateTimeField(null=True)
    erasing_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_buyer"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=sorted(states.BUYER.states)), name="identity_buyer_state"),
            models.CheckConstraint(
                condition=Q(state="active", erase_at__isnull=True, erasing_at__isnull=True, erased_at__isnull=True)
                | Q(state="closing", erase_at__isnull=False, erased_at__isnull=True)
                | Q(state="erased", erased_at__isnull=False, name="", password="", birthday__isnull=True),
                name="identity_buyer_erasure",
            ),
        )
        indexes = (
            models.Index(fields=["shop_id", "id"], name="identity_buyer_shop"),
            models.Index(fields=["erase_at"], name="identity_buyer_due", condition=Q(state="closing")),
            models.Index(
                F("shop_id"),
                ExtractMonth("birthday") * 100 + ExtractDay("birthday"),
                F("id"),
                name="identity_buyer_born",
                condition=Q(birthday__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class BuyerContact(models.Model):
    """A proven telephone number or e-mail address: the way to an account. One of each kind a buyer.

    What is not proven is never stored here: it waits, sealed, in its one-time code.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    buyer_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    value_key_id = models.SmallIntegerField()
    value_blob = models.BinaryField()
    value_index = models.BinaryField(max_length=16)
    verified_at = models.DateTimeField()

    class Meta:
        db_table = "identity_buyer_contact"
        constraints = (
            models.UniqueConstraint(fields=("shop_id", "kind", "value_index"), name="identity_buyer_contact_once"),
            models.UniqueConstraint(fields=("shop_id", "buyer_id", "kind"), name="identity_buyer_contact_kind"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="identity_buyer_contact_known"),
        )

    def __str__(self) -> str:
        return self.kind


class OneTimeCode(models.Model):
    """A code that was sent: kept as a keyed hash, with its contact sealed. Guessed at most five times, used once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    purpose = models.CharField(max_length=8)
    buyer_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=8)
    value_key_id = models.SmallIntegerField()
    value_blob = models.BinaryField()
    value_index = models.BinaryField(max_length=16)
    code_hash = models.BinaryField(max_length=32)
    address_hash = models.BinaryField(max_length=16, null=True)
    device_hash = models.BinaryField(max_length=32, null=True)
    known_device = models.BooleanField(default=False)
    guesses = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_code"
        constraints = (
            models.CheckConstraint(
                condition=Q(purpose="signin", buyer_id__isnull=True)
                | Q(purpose__in=("contact", "proof"), buyer_id__isnull=False)
                # To go on with what was stopped: by a guest or a buyer.
                | Q(purpose="goon"),
                name="identity_code_purpose",
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="identity_code_kind"),
            models.CheckConstraint(
                condition=Q(guesses__gte=0, guesses__lte=MOST_GUESSES), name="identity_code_guesses"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="identity_code_life"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(used_at__lte=F("expires_at"), guesses__gte=1),
                name="identity_code_used_in_time",
            ),
        )
        indexes = (
            models.Index(fields=["shop_id", "value_index", "created_at"], name="identity_code_contact"),
            models.Index(fields=["shop_id", "address_hash", "created_at"], name="identity_code_address"),
            models.Index(fields=["created_at"], name="identity_code_age"),
        )

    def __str__(self) -> str:
        return self.purpose


class Door(models.Model):
    """Guesses at a door: by account, by address, or by a known device at an account. Subjects are kept as hashes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    scope = models.CharField(max_length=16)
    subject_hash = models.BinaryField(max_length=32)
    tries = models.IntegerField()
    last_at = models.DateTimeField()
    last_try = models.UUIDField()
    open_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_door"
        constraints = (
            models.UniqueConstraint(fields=("shop_id", "scope", "subject_hash"), name="identity_door_once"),
            models.CheckConstraint(condition=Q(tries__gte=0), name="identity_door_tries"),
        )
        indexes = (models.Index(fields=["last_at"], name="identity_door_age"),)

    def __str__(self) -> str:
        return self.scope


class BuyerDevice(models.Model):
    """A browser in which a buyer has once signed in; its long-lived cookie is kept as a hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    buyer_id = models.UUIDField()
    device_hash = models.BinaryField(max_length=32)
    label = models.CharField(max_length=60)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "identity_buyer_device"
        constraints = (
            models.UniqueConstraint(fields=("shop_id", "buyer_id", "device_hash"), name="identity_buyer_device_once"),
        )

    def __str__(self) -> str:
        return self.label


class BuyerSession(models.Model):
    """A signed-in browser. The cookie's token is kept as SHA-256; `proved_at` is the last fresh proof."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    buyer_id = models.UUIDField()
    token_hash = models.BinaryField(max_length=32)
    device_hash = models.BinaryField(max_length=32)
    label = models.CharField(max_length=60)
    method = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_buyer_session"
        constraints = (
            models.UniqueConstraint(fields=("shop_id", "token_hash"), name="identity_buyer_session_token"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="identity_buyer_session_life"),
        )
        indexes = (
            models.Index(fields=["shop_id", "buyer_id", "id"], name="identity_buyer_session_buyer"),
            models.Index(fields=["last_seen_at"], name="identity_buyer_session_age"),
        )

    def __str__(self) -> str:
        return self.label


class BuyerSignin(models.Model):
    """One sign-in, or a refused password: append-only, kept for 180 days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    buyer_id = models.UUIDField()
    at = models.DateTimeField()
    method = models.CharField(max_length=40)
    ok = models.BooleanField()
    label = models.CharField(max_length=60)
    address_hash = models.BinaryField(max_length=16, null=True)

    class Meta:
        db_table = "identity_buyer_signin"
        indexes = (
            models.Index(fields=["shop_id", "buyer_id", "id"], name="identity_buyer_signin_buyer"),
            models.Index(fields=["at"], name="identity_buyer_signin_age"),
        )

    def __str__(self) -> str:
        return self.method


class BuyerConsent(models.Model):
    """A buyer's word on one channel and purpose: append-only; the latest row holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    buyer_id = models.UUIDField()
    channel = models.CharField(max_length=8)
    purpose = models.CharField(max_length=10)
    granted = models.BooleanField()
    source = models.CharField(max_length=40)
    text_version = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        db_table = "identity_buyer_consent"
        constraints = (
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="identity_buyer_consent_channel"),
            models.CheckConstraint(condition=Q(purpose__in=PURPOSES), name="identity_buyer_consent_purpose"),
        )
        indexes = (
            models.Index(fields=["shop_id", "buyer_id", "channel", "purpose", "id"], name="identity_buyer_consent_now"),
        )

    def __str__(self) -> str:
        return f"{self.channel}/{self.purpose}: {self.granted}"


class BuyerPasskey(models.Model):
    """A WebAuthn credential: `credential` is its attested data (id and public key); `sign_count` never goes back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    buyer_id = models.UUIDField()
    credential_id = models.BinaryField(max_length=1023)
    credential = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    backed_up = models.BooleanField(default=False)
    label = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_buyer_passkey"
        constraints = (
            models.UniqueConstraint(fields=("shop_id", "credential_id"), name="identity_buyer_passkey_once"),
            models.CheckConstraint(condition=Q(sign_count__gte=0), name="identity_buyer_passkey_count"),
        )
        indexes = (models.Index(fields=["shop_id", "buyer_id"], name="identity_buyer_passkey_buyer"),)

    def __str__(self) -> str:
        return self.label


class Ceremony(models.Model):
    """What a browser was sent away with (a WebAuthn challenge, an OAuth state): comes back once, in time, or never."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    buyer_id = models.UUIDField(null=True)
    payload_key_id = models.SmallIntegerField()
    payload_blob = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "identity_ceremony"
        indexes = (models.Index(fields=["expires_at"], name="identity_ceremony_age"),)

    def __str__(self) -> str:
        return self.kind


class BuyerLink(models.Model):
    """An account elsewhere (WeChat ...) that opens this one. The foreign id is kept as a blind index only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    buyer_id = models.UUIDField()
    provider = models.CharField(max_length=40)
    subject_index = models.BinaryField(max_length=16)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_buyer_link"
        constraints = (
            models.UniqueConstraint(fields=("shop_id", "provider", "subject_index"), name="identity_buyer_link_once"),
            models.UniqueConstraint(fields=("shop_id", "buyer_id", "provider"), name="identity_buyer_link_buyer"),
        )

    def __str__(self) -> str:
        return self.provider


class OAuthApp(models.Model):
    """A shop's registration with a provider of sign-ins; the secret is sealed and never shown again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    provider = models.CharField(max_length=40)
    label = models.CharField(max_length=40)
    client_id = models.CharField(max_length=191)
    secret_key_id = models.SmallIntegerField()
    secret_blob = models.BinaryField()
    server_url = models.CharField(max_length=300, default="", blank=True)
    trust_email = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_oauth_app"
        constraints = (models.UniqueConstraint(fields=("shop_id", "provider"), name="identity_oauth_app_once"),)

    def __str__(self) -> str:
        return self.provider


class SavedAccount(models.Model):
    """An account that a buyer tops up often (a number in a game, a telephone), sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    buyer_id = models.UUIDField()
    label = models.CharField(max_length=40)
    value_key_id = models.SmallIntegerField()
    value_blob = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_saved_account"
        indexes = (models.Index(fields=["shop_id", "buyer_id", "id"], name="identity_saved_account_buyer"),)

    def __str__(self) -> str:
        return self.label


class BuyerNotice(models.Model):
    """A line on a buyer's message page: its kind and what fills it in; the words are found when it is shown."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    buyer_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_buyer_notice"
        indexes = (
            models.Index(fields=["shop_id", "buyer_id", "id"], name="identity_buyer_notice_buyer"),
            models.Index(fields=["at"], name="identity_buyer_notice_age"),
        )

    def __str__(self) -> str:
        return self.kind
