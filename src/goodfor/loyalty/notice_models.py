"""What members are told of points and tiers: a row each, once. Reached through `models`."""

from django.db import models
from django.db.models import Q

from goodfor.loyalty import notice_types


class Notice(models.Model):
    """One piece of news for a member, by its key; told when a person may be written to."""

    pk = models.CompositePrimaryKey("shop_id", "owner", "kind", "key")
    shop_id = models.UUIDField()
    owner = models.UUIDField()
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=40)
    #: Points that end or were given, or what is missing of the metric.
    units = models.BigIntegerField(default=0)
    from_rank = models.SmallIntegerField(default=0)
    to_rank = models.SmallIntegerField(default=0)
    #: When what it tells of comes to its end.
    ends_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "loyalty_notice"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=notice_types.NOTICES), name="loyalty_notice_kind"),
            models.CheckConstraint(condition=Q(units__gte=0), name="loyalty_notice_units"),
        ]
        indexes = [
            models.Index(fields=["shop_id", "at"], name="loyalty_notice_untold", condition=Q(told_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
