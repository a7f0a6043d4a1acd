"""What is read of the ledger, how amounts are shared, and what stays as it was told."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """The ledger's tables are looked at, so they must be there."""

    dependencies = [
        ("insights", "0001_initial"),
        ("ledger", "0006_dimensions_and_days"),
        ("orders", "0017_holds"),
        ("aftersales", "0011_pictures"),
    ]
    operations = [run_files("goodfor.insights", forward=["source.sql", "share.sql"], backward=["drop.sql"])]
