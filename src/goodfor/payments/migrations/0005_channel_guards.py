"""Guards of disputes and bills, in SQL."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Fixed identities, allowed moves, imported bills kept."""

    dependencies = [("payments", "0004_channels")]
    operations = [
        ValidateConstraint(model_name="factrow", name="payments_fact_kind"),
        run_files("goodfor.payments", forward=["channels.sql"], backward=["drop_channels.sql"]),
    ]
