"""Guards of supply, in SQL."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Fixed identities, allowed moves, counts kept by triggers."""

    dependencies = [("supply", "0001_initial")]
    operations = [run_files("goodfor.supply", forward=["guards.sql"], backward=["drop_guards.sql"])]
