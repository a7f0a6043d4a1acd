"""The chart, with what is owed for invitations, and what buyers owe from rewards that were taken back."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """For databases made before; in a new one 0002 has brought it already."""

    dependencies = [("ledger", "0006_dimensions_and_days")]
    operations = [run_files("goodfor.ledger", forward=["chart.sql"], backward=[])]
