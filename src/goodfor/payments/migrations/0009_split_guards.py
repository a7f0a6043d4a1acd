"""Guards of splits, in SQL."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Fixed identities, allowed moves, sums kept by triggers."""

    dependencies = [("payments", "0008_splits"), ("ledger", "0004_commission")]
    operations = [run_files("goodfor.payments", forward=["splits.sql"], backward=["drop_splits.sql"])]
