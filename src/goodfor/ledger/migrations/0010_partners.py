"""The chart, with what partners in points owe and are owed, and what companies have paid for their people."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """For databases made before; in a new one 0002 has brought it already."""

    dependencies = [("ledger", "0009_points")]
    operations = [run_files("goodfor.ledger", forward=["chart.sql"], backward=[])]
