"""A window on the audit trail. The kernel owns the table; nothing is ever written through this."""

from django.db import models


class AuditLine(models.Model):
    """Who did what to which thing."""

    id = models.BigIntegerField(primary_key=True)
    shop_id = models.UUIDField()
    actor = models.TextField()
    action = models.TextField()
    subject_type = models.TextField()
    subject_id = models.TextField()
    data = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "kernel_audit"

    def __str__(self) -> str:
        return f"{self.action} {self.id}"
