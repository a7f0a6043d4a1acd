"""Guards of reconciliation, in SQL."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Append-only tables; what may change of the others."""

    dependencies = [("recon", "0001_initial")]
    operations = [run_files("goodfor.recon", forward=["guards.sql"], backward=["drop_guards.sql"])]
