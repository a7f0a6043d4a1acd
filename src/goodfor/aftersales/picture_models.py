"""Pictures that buyers add to a case."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7


class Picture(models.Model):
    """A picture of a case, sealed: it may show a code or a face. Gone half a year after the case is closed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    case_id = models.UUIDField()
    position = models.SmallIntegerField()
    width = models.IntegerField()
    height = models.IntegerField()
    key_id = models.SmallIntegerField()
    blob = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "aftersales_picture"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "case_id", "position"], name="aftersales_picture_place"),
            models.CheckConstraint(
                condition=Q(position__range=(1, 3), width__gte=1, height__gte=1), name="aftersales_picture_numbers"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="aftersales_picture_at")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.position}"
