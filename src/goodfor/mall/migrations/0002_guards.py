"""What was announced, played and redeemed stays as it was."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Triggers on tables that 0001 has made."""

    dependencies = [("mall", "0001_initial")]
    operations = [run_files("goodfor.mall", forward=["guards.sql"], backward=["drop_guards.sql"])]
