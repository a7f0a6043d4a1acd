"""The chart, with commissions."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """For databases made before; in a new one 0002 has brought it already."""

    dependencies = [("ledger", "0003_lighter_posting")]
    operations = [run_files("goodfor.ledger", forward=["chart.sql"], backward=[])]
