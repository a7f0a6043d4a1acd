"""What planted codes need of a full table, made while the shop sells."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """Not in a transaction: concurrent builds cannot be."""

    atomic = False
    dependencies = [("vault", "0005_canaries")]
    operations = [
        ValidateConstraint("code", "vault_code_canary_unsold"),
        AddIndexConcurrently(
            "code",
            models.Index(condition=models.Q(("canary", True)), fields=["lot_id", "id"], name="vault_code_canary"),
        ),
    ]
