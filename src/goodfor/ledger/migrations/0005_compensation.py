"""The chart, with what buyers are owed beyond the price, and a reserve that cannot fall below zero."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """For databases made before; in a new one 0002 has brought it already."""

    dependencies = [("ledger", "0004_commission")]
    operations = [run_files("goodfor.ledger", forward=["chart.sql"], backward=[])]
