"""Planted codes, which are never sold."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """A column with a constant default is no rewrite; the constraint is checked for old rows in the next one."""

    dependencies = [("vault", "0004_intake")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="code", name="canary", field=models.BooleanField(db_default=False, default=False)
        ),
        AddConstraintNotValid(
            "code",
            models.CheckConstraint(
                condition=Q(("canary", False))
                | Q(("holder_id__isnull", True), ("sold_at__isnull", True), ("state__in", (3, 4))),
                name="vault_code_canary_unsold",
            ),
        ),
        run_files("goodfor.vault", forward=["canaries.sql"], backward=["drop_canaries.sql"]),
    ]
