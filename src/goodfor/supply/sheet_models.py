"""Tables of suppliers who are written to: the sheets that went out, and the files that came back."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7


class Sheet(models.Model):
    """A sheet of orders that was put out for a supplier. What stands on it is in `SheetLine`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    orders = models.IntegerField()
    units = models.IntegerField()
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    #: How often it was fetched.
    fetched = models.IntegerField(default=0)

    class Meta:
        db_table = "supply_sheet"
        constraints = [
            models.CheckConstraint(condition=Q(orders__gte=1, units__gte=1, fetched__gte=0), name="supply_sheet_counts")
        ]
        indexes = [models.Index(fields=["shop_id", "supplier_id", "-at"], name="supply_sheet_recent")]

    def __str__(self) -> str:
        return str(self.id)


class SheetLine(models.Model):
    """A purchase stands on one sheet, ever: a person who is mailed it twice would buy it twice."""

    attempt_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    sheet_id = models.UUIDField()

    class Meta:
        db_table = "supply_sheet_line"
        indexes = [models.Index(fields=["shop_id", "sheet_id"], name="supply_sheet_line_sheet")]

    def __str__(self) -> str:
        return str(self.attempt_id)


class AnswerFile(models.Model):
    """A file that came back and was read: what came of it. Its codes are in the vault, the file is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    name = models.CharField(max_length=120)
    digest = models.BinaryField(max_length=32)
    #: Orders that were delivered whole, in part, or failed; that had ended before; and what could not be read.
    whole = models.IntegerField()
    part = models.IntegerField()
    failed = models.IntegerField()
    known = models.IntegerField()
    left = models.IntegerField()
    problems = models.IntegerField()
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "supply_answer_file"
        indexes = [models.Index(fields=["shop_id", "supplier_id", "-at"], name="supply_answer_recent")]

    def __str__(self) -> str:
        return self.name
