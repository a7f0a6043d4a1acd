"""The table of prepared replies."""

from django.db import models

from goodfor.kernel.ids import uuid7


class Snippet(models.Model):
    """A reply that the staff of a shop have prepared; a shop without any has those that ship."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    position = models.SmallIntegerField()
    label = models.CharField(max_length=20)
    text = models.CharField(max_length=500)

    class Meta:
        db_table = "aftersales_snippet"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "position"], name="aftersales_snippet_position"),
        ]

    def __str__(self) -> str:
        return self.label
