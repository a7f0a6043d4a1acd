"""Tables of bundles: what is sold together, and each version of it for ever."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.promotions import bundle_states as states


class Bundle(models.Model):
    """A bundle by its address. `revision_id` is the revision on sale, None as long as there was none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    slug = models.CharField(max_length=64)
    state = models.CharField(max_length=12)
    revision_id = models.UUIDField(null=True)
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "promotions_bundle"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "slug"], name="promotions_bundle_slug"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.BUNDLE.states)), name="promotions_bundle_state"),
            models.CheckConstraint(
                condition=~Q(state=states.ON_SALE) | Q(revision_id__isnull=False), name="promotions_bundle_on_sale"
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "position", "id"], name="promotions_bundle_shelf")]

    def __str__(self) -> str:
        return self.slug


class BundleRevision(models.Model):
    """A version: `spec` is what bundle_json wrote. Never changed, never gone (sql/schema/bundles.sql)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="revisions")
    number = models.IntegerField()
    spec = models.JSONField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        db_table = "promotions_bundle_revision"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "bundle", "number"], name="promotions_bundle_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="promotions_bundle_number_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.bundle_id} {self.number}"
