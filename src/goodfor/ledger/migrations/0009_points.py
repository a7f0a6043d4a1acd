"""The chart, with what is owed for each kind of points, what is being redeemed, and what points took off income."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """For databases made before; in a new one 0002 has brought it already."""

    dependencies = [("ledger", "0008_open_missing")]
    operations = [run_files("goodfor.ledger", forward=["chart.sql"], backward=[])]
