"""The blocks of a shop's first page and of its other pages, as drafted and as published."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.window.types import KINDS, MAX_BLOCKS

DRAFT, PUBLISHED = "draft", "published"


class Page(models.Model):
    """A page of blocks beside the first one, by its address. Offline: only the staff see it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    slug = models.CharField(max_length=64)
    title = models.CharField(max_length=40)
    summary = models.CharField(max_length=150, blank=True)
    online = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "window_page"
        constraints = [models.UniqueConstraint(fields=["shop_id", "slug"], name="window_page_slug")]

    def __str__(self) -> str:
        return self.slug


class Block(models.Model):
    """One block of one version, of a page or (None) of the first one. `settings`: what window.parsing wrote."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    page = models.ForeignKey(Page, null=True, on_delete=models.CASCADE, related_name="blocks")
    version = models.CharField(max_length=12)
    position = models.SmallIntegerField()
    kind = models.CharField(max_length=16)
    settings = models.JSONField()
    visible_from = models.DateTimeField(null=True)
    visible_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "window_block"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "page", "version", "position"], nulls_distinct=False, name="window_block_spot"
            ),
            models.CheckConstraint(condition=Q(version__in=[DRAFT, PUBLISHED]), name="window_block_version"),
            models.CheckConstraint(condition=Q(kind__in=sorted(KINDS)), name="window_block_kind"),
            models.CheckConstraint(condition=Q(position__gte=0, position__lt=MAX_BLOCKS), name="window_block_position"),
            models.CheckConstraint(
                condition=Q(visible_from__isnull=True)
                | Q(visible_until__isnull=True)
                | Q(visible_until__gt=F("visible_from")),
                name="window_block_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.position} {self.kind}"
