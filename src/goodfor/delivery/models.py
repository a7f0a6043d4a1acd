"""Every time a code was shown: to whom, when, from where. The codes themselves stay in the vault."""

from django.db import models

from goodfor.kernel.ids import uuid7


class Reveal(models.Model):
    """One showing of one code. `ip_hash` is a keyed hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    holder_id = models.UUIDField()
    code_id = models.UUIDField()
    actor = models.CharField(max_length=80)
    ip_hash = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "delivery_reveal"
        indexes = [models.Index(fields=["shop_id", "holder_id", "code_id"], name="delivery_reveal_holder")]

    def __str__(self) -> str:
        return str(self.code_id)
