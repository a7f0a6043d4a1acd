"""Terms never change, and periods only as they may."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Triggers on tables that 0001 has made."""

    dependencies = [("subscriptions", "0001_initial")]
    operations = [run_files("goodfor.subscriptions", forward=["guards.sql"], backward=["drop_guards.sql"])]
