"""Tables of lists. Guards that models cannot say: sql/schema/lists.sql."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.risk import rule_states as states


class CustomList(models.Model):
    """A list that rules ask about by its name: `in_list("name", key)`. It does nothing by itself."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    name = models.CharField(max_length=40)
    #: What its entries are: of `list_keys.TYPES`.
    type = models.CharField(max_length=12)
    words = models.CharField(max_length=200, default="", blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "risk_list"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "name"], name="risk_list_name"),
            models.CheckConstraint(condition=Q(name__regex=r"^[a-z][a-z0-9_]{0,39}$"), name="risk_list_name_form"),
        ]

    def __str__(self) -> str:
        return self.name


class ListEntry(models.Model):
    """A key on a list. Nobody reads the value from it: it is a keyed hash; `label` is masked where it is personal."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    #: Of a custom list; else empty.
    name = models.CharField(max_length=40, default="", blank=True)
    type = models.CharField(max_length=12)
    key = models.BigIntegerField()
    label = models.CharField(max_length=120)
    #: The value itself, sealed, where whoever made the entry chose to keep it.
    value_key_id = models.SmallIntegerField(null=True)
    value_blob = models.BinaryField(null=True)
    reason = models.CharField(max_length=200)
    owner = models.CharField(max_length=80, default="", blank=True)
    state = models.CharField(max_length=8, default=states.PENDING)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    #: By which it was added, and by which it was removed, where that takes two.
    proposal_id = models.UUIDField(null=True)
    removal_id = models.UUIDField(null=True)
    removed_by = models.CharField(max_length=80, default="", blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "risk_list_entry"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "key", "kind", "name"],
                name="risk_list_entry_once",
                condition=Q(state__in=(states.PENDING, states.ACTIVE)) & ~Q(kind=states.BLOCK_HARD),
            ),
            # What never goes can be added again once it has expired.
            models.UniqueConstraint(
                fields=["shop_id", "key", "expires_at"],
                name="risk_list_entry_hard_once",
                condition=Q(state__in=(states.PENDING, states.ACTIVE), kind=states.BLOCK_HARD),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=states.LISTS, state__in=sorted(states.ENTRY.states)), name="risk_list_entry_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind=states.CUSTOM) & ~Q(name="") | ~Q(kind=states.CUSTOM) & Q(name=""),
                name="risk_list_entry_name",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & (~Q(kind=states.ALLOW) | Q(expires_at__isnull=False) & ~Q(owner="")),
                name="risk_list_entry_said",
            ),
            models.CheckConstraint(
                condition=Q(value_key_id__isnull=True, value_blob__isnull=True)
                | Q(value_key_id__isnull=False, value_blob__isnull=False),
                name="risk_list_entry_value",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(states.PENDING, states.ACTIVE), removed_at__isnull=True, removed_by="")
                | Q(state__in=(states.DROPPED, states.REMOVED), removed_at__isnull=False) & ~Q(removed_by=""),
                name="risk_list_entry_removed",
            ),
            models.CheckConstraint(
                condition=~Q(kind=states.BLOCK_HARD) | Q(proposal_id__isnull=False), name="risk_list_entry_hard_asked"
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "key"], name="risk_list_entry_key", condition=Q(state=states.ACTIVE)),
            models.Index(fields=["shop_id", "kind", "name", "-id"], name="risk_list_entry_page"),
            models.Index(
                fields=["shop_id", "proposal_id"],
                name="risk_list_entry_proposal",
                condition=Q(proposal_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"
