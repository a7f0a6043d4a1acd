"""Tables of parties and of what was agreed with them. What was agreed is written once and never changed (triggers)."""

from django.db import models
from django.db.models import F, Q

from goodfor.finance import profit_models as profit_models
from goodfor.finance import sold_models as sold_models
from goodfor.finance import states
from goodfor.kernel.ids import uuid7

CODE = r"^[A-Za-z0-9_.-]{1,32}$"


class Party(models.Model):
    """Somebody who is paid a share. Bank details are sealed, and read only for a payout."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    email = models.CharField(max_length=254, default="", blank=True)
    supplier_code = models.CharField(max_length=32, default="", blank=True)
    receiver_id = models.UUIDField(null=True)
    currency = models.CharField(max_length=3)
    cycle = models.CharField(max_length=8)
    cycle_day = models.SmallIntegerField(default=1)
    lag_days = models.SmallIntegerField(default=0)
    min_payout_minor = models.BigIntegerField(default=0)
    hold_back_bp = models.IntegerField(default=0)
    collection = models.CharField(max_length=16, default=states.SELF)
    bank_key_id = models.SmallIntegerField(null=True)
    bank_blob = models.BinaryField(null=True)
    bank_changed_at = models.DateTimeField(null=True)
    #: Nothing is paid out before: whoever changed the bank details, or dated an agreement back, may not have been who
    #: they said.
    frozen_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "finance_party"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "kind", "code"], name="finance_party_code"),
            # A split names its receiver, and must find one party.
            models.UniqueConstraint(fields=["shop_id", "receiver_id"], name="finance_party_receiver"),
            models.CheckConstraint(condition=Q(kind__in=states.PARTY_KINDS), name="finance_party_kind"),
            models.CheckConstraint(condition=Q(code__regex=CODE), name="finance_party_code_ok"),
            models.CheckConstraint(condition=Q(cycle__in=states.CYCLES), name="finance_party_cycle"),
            models.CheckConstraint(condition=Q(collection__in=states.COLLECTIONS), name="finance_party_collection"),
            models.CheckConstraint(
                condition=Q(cycle_day__gte=1, cycle_day__lte=31, lag_days__gte=0, lag_days__lte=365),
                name="finance_party_days",
            ),
            models.CheckConstraint(
                condition=Q(min_payout_minor__gte=0, hold_back_bp__gte=0, hold_back_bp__lte=states.WHOLE),
                name="finance_party_amounts",
            ),
            models.CheckConstraint(
                condition=Q(bank_key_id__isnull=True, bank_blob__isnull=True, bank_changed_at__isnull=True)
                | Q(bank_key_id__isnull=False, bank_blob__isnull=False, bank_changed_at__isnull=False),
                name="finance_party_bank",
            ),
            models.CheckConstraint(
                condition=Q(supplier_code="") | Q(kind=states.SUPPLIER), name="finance_party_supplier"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Contract(models.Model):
    """A version of what was agreed with a supplier; the code is empty for goods of the shop's own. Never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    supplier_code = models.CharField(max_length=32, default="", blank=True)
    version = models.IntegerField()
    model = models.CharField(max_length=10)
    tax_class = models.CharField(max_length=32, default="", blank=True)
    input_bp = models.IntegerField(default=0)
    cycle = models.CharField(max_length=8)
    fee_bearer = models.CharField(max_length=10)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "finance_contract"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "supplier_code", "version"], name="finance_contract_version"),
            models.CheckConstraint(condition=Q(model__in=states.MODELS), name="finance_contract_model"),
            models.CheckConstraint(condition=Q(cycle__in=states.CYCLES), name="finance_contract_cycle"),
            models.CheckConstraint(condition=Q(fee_bearer__in=states.FEE_BEARERS), name="finance_contract_fee"),
            models.CheckConstraint(
                condition=Q(version__gte=1, input_bp__gte=0, input_bp__lte=states.WHOLE), name="finance_contract_rate"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="finance_contract_valid"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_code} {self.version}"


class Agreement(models.Model):
    """A version of who gets how much of what. Never changes; a later version holds from its own `valid_from` on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    code = models.CharField(max_length=32)
    version = models.IntegerField()
    party_id = models.UUIDField()
    scope = models.CharField(max_length=8)
    scope_ref = models.CharField(max_length=36, default="", blank=True)
    base = models.CharField(max_length=16)
    terms = models.JSONField()
    line_cap_minor = models.BigIntegerField(null=True)
    month_cap_minor = models.BigIntegerField(null=True)
    priority = models.SmallIntegerField(default=100)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "finance_agreement"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "code", "version"], name="finance_agreement_version"),
            models.CheckConstraint(condition=Q(code__regex=CODE), name="finance_agreement_code_ok"),
            models.CheckConstraint(
                condition=Q(scope="all", scope_ref="") | Q(scope__in=states.SCOPES[1:]) & ~Q(scope_ref=""),
                name="finance_agreement_scope",
            ),
            models.CheckConstraint(condition=Q(base__in=states.BASES), name="finance_agreement_base"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="finance_agreement_valid"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1)
                & (Q(line_cap_minor__isnull=True) | Q(line_cap_minor__gte=0))
                & (Q(month_cap_minor__isnull=True) | Q(month_cap_minor__gte=0)),
                name="finance_agreement_caps",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class TaxRate(models.Model):
    """The VAT rate of a class from a time on. Never changes."""

    pk = models.CompositePrimaryKey("shop_id", "tax_class", "valid_from")
    shop_id = models.UUIDField()
    tax_class = models.CharField(max_length=32)
    rate_bp = models.IntegerField()
    valid_from = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "finance_tax_rate"
        constraints = [
            models.CheckConstraint(
                condition=Q(rate_bp__gte=0, rate_bp__lte=states.WHOLE), name="finance_tax_rate_bounds"
            ),
            models.CheckConstraint(condition=Q(tax_class__regex=CODE), name="finance_tax_rate_class"),
        ]

    def __str__(self) -> str:
        return f"{self.tax_class} {self.rate_bp}"


class SkuTax(models.Model):
    """The class of a SKU from a time on; a card sale is taxed when the card is redeemed, not here. Never changes."""

    pk = models.CompositePrimaryKey("shop_id", "sku_id", "valid_from")
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    tax_class = models.CharField(max_length=32)
    card_sale = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "finance_sku_tax"
        constraints = [models.CheckConstraint(condition=Q(tax_class__regex=CODE), name="finance_sku_tax_class")]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.tax_class}"


class FeeRate(models.Model):
    """What a channel account keeps, in millionths of the amount, from a time on; only to estimate. Never changes."""

    pk = models.CompositePrimaryKey("shop_id", "provider", "account_code", "valid_from")
    shop_id = models.UUIDField()
    provider = models.CharField(max_length=32)
    #: Empty: of all accounts of the provider.
    account_code = models.CharField(max_length=32, default="", blank=True)
    millionths = models.IntegerField()
    valid_from = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "finance_fee_rate"
        constraints = [
            models.CheckConstraint(
                condition=Q(millionths__gte=0, millionths__lte=1_000_000), name="finance_fee_rate_bounds"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.millionths}"
