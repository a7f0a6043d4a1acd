"""Tables of identity. Rules that the database keeps are CHECKs here and triggers in sql/schema."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from goodfor.identity import buyer_models as buyer_models
from goodfor.kernel.ids import uuid7


class Shop(models.Model):
    """A tenant. `currency` is ISO 4217 and never changes: every amount of the shop is in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    locale = models.CharField(max_length=16, default="zh-hans")
    timezone = models.CharField(max_length=64, default="Asia/Shanghai")
    host = models.CharField(max_length=253, null=True, blank=True, unique=True)
    settings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_shop"
        constraints = (
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]{0,31}$"), name="identity_shop_code"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="identity_shop_currency"),
            models.CheckConstraint(
                condition=Q(host__isnull=True) | Q(host__regex=r"^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$"),
                name="identity_shop_host",
            ),
        )

    def __str__(self) -> str:
        return self.code


class Staff(models.Model):
    """A person who works in a shop, with one role there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "identity_staff"
        constraints = (
            models.UniqueConstraint(fields=("shop", "user"), name="identity_staff_once"),
            models.CheckConstraint(
                condition=Q(role__in=("owner", "operator", "support", "finance", "viewer")),
                name="identity_staff_role",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.id}"


class ApiClient(models.Model):
    """A program that acts for a buyer of the shop. Keys are kept as SHA-256 only; `key_id` is public.

    `key_id` is unique over all shops, unlike other constraints: it is what tells us the shop.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    key_id = models.CharField(max_length=24, unique=True)
    secret_hash = models.BinaryField(max_length=32)
    previous_secret_hash = models.BinaryField(max_length=32, null=True)
    previous_valid_until = models.DateTimeField(null=True)
    scopes = ArrayField(models.CharField(max_length=32))
    rate_per_minute = models.PositiveIntegerField(default=600)
    require_signature = models.BooleanField(default=False)
    signing_algorithm = models.CharField(max_length=16, default="", blank=True)
    signing_public_key = models.BinaryField(null=True)
    signing_secret_key_id = models.IntegerField(null=True)
    signing_secret_blob = models.BinaryField(null=True)
    wallet_account = models.CharField(max_length=128)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_api_client"
        constraints = (
            models.UniqueConstraint(fields=("shop", "wallet_account"), name="identity_api_client_wallet"),
            models.CheckConstraint(condition=Q(key_id__regex=r"^[a-z0-9]{8,24}$"), name="identity_api_client_key"),
            models.CheckConstraint(
                condition=Q(rate_per_minute__gte=1, rate_per_minute__lte=1_000_000),
                name="identity_api_client_rate",
            ),
            models.CheckConstraint(
                condition=Q(previous_secret_hash__isnull=True, previous_valid_until__isnull=True)
                | Q(previous_secret_hash__isnull=False, previous_valid_until__isnull=False),
                name="identity_api_client_previous",
            ),
            models.CheckConstraint(
                condition=Q(
                    signing_algorithm="",
                    require_signature=False,
                    signing_public_key__isnull=True,
                    signing_secret_blob__isnull=True,
                    signing_secret_key_id__isnull=True,
                )
                | Q(
                    signing_algorithm="ed25519",
                    signing_public_key__isnull=False,
                    signing_secret_blob__isnull=True,
                    signing_secret_key_id__isnull=True,
                )
                | Q(
                    signing_algorithm="hmac-sha256",
                    signing_public_key__isnull=True,
                    signing_secret_blob__isnull=False,
                    signing_secret_key_id__isnull=False,
                ),
                name="identity_api_client_signing",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(active=False), name="identity_api_client_revoked"
            ),
        )

    def __str__(self) -> str:
        return self.key_id


class SigninLink(models.Model):
    """A one-time link into the console; the token is kept as SHA-256 only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    token_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_signin_link"
        constraints = (
            models.UniqueConstraint(fields=("shop", "token_hash"), name="identity_signin_link_token"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="identity_signin_link_life"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(used_at__lte=models.F("expires_at")),
                name="identity_signin_link_used_in_time",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class SignatureNonce(models.Model):
    """A nonce that a signed request has used; purged once its signature is too old to be accepted anyway."""

    pk = models.CompositePrimaryKey("shop_id", "client_id", "nonce")
    shop_id = models.UUIDField()
    client_id = models.UUIDField()
    nonce = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "identity_nonce"

    def __str__(self) -> str:
        return str(self.client_id)
