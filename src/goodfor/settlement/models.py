"""Tables of settlement: what is read from the books, statements and their lists, approvals, links.

What makes a wrong state impossible stands here and in sql/schema/guards.sql. `party_id`, `order_id` and `sku_id` are
opaque ids of other rooms. Amounts are minor units, what is owed to the party positive.
"""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.settlement import payout_models as payout_models
from goodfor.settlement import states
from goodfor.settlement.kinds import KINDS
from goodfor.settlement.types import CYCLES

STATES = sorted(states.STATEMENT.states)


class Feed(models.Model):
    """How far the books of a shop have been read, by the ledger's own place. Its row is the lock of whoever reads."""

    shop_id = models.UUIDField(primary_key=True)
    place = models.CharField(max_length=80, default="", blank=True)
    #: When they had last been read to their end.
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_feed"

    def __str__(self) -> str:
        return self.place


class Item(models.Model):
    """A posting of an account that statements list, as it was read. It stands on one statement at most: its key."""

    pk = models.CompositePrimaryKey("shop_id", "tx_id", "seq")
    shop_id = models.UUIDField()
    tx_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    seq = models.SmallIntegerField()
    #: Null while no statement lists it.
    statement_id = models.UUIDField(null=True)
    order_id = models.UUIDField(null=True)
    order_line_id = models.UUIDField(null=True)
    sku_id = models.UUIDField(null=True)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    account = models.CharField(max_length=160, db_collation="C")
    what = models.CharField(max_length=12)
    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=160, db_collation="C")

    class Meta:
        db_table = "settlement_item"
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0) & Q(what__in=KINDS), name="settlement_item_what"),
        ]
        indexes = [
            models.Index(
                fields=["shop_id", "account", "currency", "effective_at"],
                name="settlement_item_free",
                condition=Q(statement_id__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tx_id}/{self.seq}"


class Book(models.Model):
    """How far the statements of a party go in a currency. Its row is the lock under which one is made."""

    pk = models.CompositePrimaryKey("shop_id", "party_id", "currency")
    shop_id = models.UUIDField()
    party_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    last_number = models.IntegerField(default=0)
    stated_upto = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_book"

    def __str__(self) -> str:
        return f"{self.party_id} {self.last_number}"


class Statement(models.Model):
    """A list of postings that never changes, with what follows from it. Made in one statement with its lines."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    number = models.CharField(max_length=80)
    party_id = models.UUIDField()
    party_kind = models.CharField(max_length=12)
    party_code = models.CharField(max_length=60)
    party_name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    cycle = models.CharField(max_length=8)
    confirmation = models.BooleanField()
    version = models.IntegerField(default=1)
    replaces_id = models.UUIDField(null=True)
    cutoff = models.DateTimeField()
    first_at = models.DateTimeField()
    due_on = models.DateField()
    item_count = models.IntegerField()
    items_minor = models.BigIntegerField()
    carry_minor = models.BigIntegerField()
    held_minor = models.BigIntegerField()
    payable_minor = models.BigIntegerField()
    min_payout_minor = models.BigIntegerField()
    #: Items by account of the ledger, and by kind: [[kind, count, amount], ...].
    accounts = models.JSONField()
    kinds = models.JSONField()
    #: SHA-256 over (tx, seq, amount) of all lines, see sql/lock.sql.
    content_hash = models.BinaryField()
    #: What locking it booked; null where there was nothing to book.
    tx_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12, default=states.DRAFT)
    approvals_needed = models.SmallIntegerField()
    #: Approvals of earlier rounds no longer count.
    round = models.IntegerField(default=1)
    #: As the party's bank account was when it was approved.
    bank_changed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=80, default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: Why it was rejected.
    reason = models.CharField(max_length=200, default="", blank=True)
    #: The statement that what is left of this one went on to.
    carried_to = models.UUIDField(null=True)

    class Meta:
        db_table = "settlement_statement"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="settlement_statement_number"),
            models.UniqueConstraint(
                fields=["shop_id", "replaces_id"],
                name="settlement_statement_replaced_once",
                condition=Q(replaces_id__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(
                    item_count__gt=0, held_minor__gte=0, approvals_needed__in=(1, 2), cycle__in=CYCLES,
                    state__in=STATES,
                ),
                name="settlement_statement_fits",
            ),
            models.CheckConstraint(
                condition=Q(confirmation=True, carry_minor=0, held_minor=0, payable_minor=0)
                | Q(confirmation=False, payable_minor=F("items_minor") + F("carry_minor") - F("held_minor")),
                name="settlement_statement_payable",
            ),
            models.CheckConstraint(
                condition=Q(carried_to__isnull=True) | Q(state=states.CLOSED), name="settlement_statement_carried"
            ),
            models.CheckConstraint(
                condition=Q(state__in=(states.PAID, states.CLOSED, states.REJECTED), ended_at__isnull=False)
                | Q(state__in=(states.DRAFT, states.CONFIRMED, states.APPROVED, states.PAYING), ended_at__isnull=True),
                name="settlement_statement_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(states.PAYING, states.PAID)) | Q(payable_minor__gt=0),
                name="settlement_statement_paid_what_is_owed",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["shop_id", "party_id", "-id"], name="settlement_statement_of"),
            models.Index(fields=["shop_id", "state", "-id"], name="settlement_statement_state"),
            models.Index(
                fields=["shop_id", "party_id", "currency"],
                name="settlement_statement_rest",
                condition=Q(state=states.CLOSED, carried_to__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class StatementLine(models.Model):
    """One posting on a statement, for ever, also once the statement is rejected. Append-only."""

    pk = models.CompositePrimaryKey("shop_id", "statement_id", "tx_id", "seq")
    shop_id = models.UUIDField()
    statement_id = models.UUIDField()
    tx_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    seq = models.SmallIntegerField()

    class Meta:
        db_table = "settlement_line"

    def __str__(self) -> str:
        return f"{self.tx_id}/{self.seq}"


class Approval(models.Model):
    """Somebody of the staff approved a statement, with the bank account as it was then. Append-only."""

    pk = models.CompositePrimaryKey("shop_id", "statement_id", "round", "actor")
    shop_id = models.UUIDField()
    statement_id = models.UUIDField()
    round = models.IntegerField()
    actor = models.CharField(max_length=80)
    bank_changed_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "settlement_approval"

    def __str__(self) -> str:
        return self.actor


class Link(models.Model):
    """A party's way in: a signed address that ends, and can be taken back before."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    party_id = models.UUIDField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settlement_link"
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="settlement_link_ends"),
        ]
        indexes = [models.Index(fields=["shop_id", "party_id"], name="settlement_link_of")]

    def __str__(self) -> str:
        return str(self.id)


class Policy(models.Model):
    """How a shop settles. Without a row: the defaults."""

    shop_id = models.UUIDField(primary_key=True)
    two_from_minor = models.BigIntegerField()
    #: What was in force before the last change: a looser limit waits a day.
    two_from_before = models.BigIntegerField(null=True)
    #: The segment of the ledger's account `1002:bank:{bank}`.
    bank = models.CharField(max_length=32)
    payer_bank = models.CharField(max_length=80, default="", blank=True)
    payer_name = models.CharField(max_length=120, default="", blank=True)
    payer_account = models.CharField(max_length=40, default="", blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=80)

    class Meta:
        db_table = "settlement_policy"
        constraints = [
            models.CheckConstraint(
                condition=Q(two_from_minor__gte=0, bank__regex="^[A-Za-z0-9_.-]{1,32}$"), name="settlement_policy_fits"
            ),
        ]

    def __str__(self) -> str:
        return str(self.shop_id)
