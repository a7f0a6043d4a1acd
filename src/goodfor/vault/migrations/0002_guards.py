"""Storage settings and guards of the vault."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Fill factors, autovacuum, fixed columns, no deletion of what was for sale."""

    dependencies = [("vault", "0001_initial")]
    operations = [run_files("goodfor.vault", forward=["guards.sql"], backward=["drop_guards.sql"])]
