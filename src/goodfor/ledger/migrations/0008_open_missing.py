"""The function that opens accounts on first use, anew: each code is looked up in the chart once, however many lines."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Only a function."""

    dependencies = [("ledger", "0007_referrals")]
    operations = [run_files("goodfor.ledger", forward=["open_missing.sql"], backward=[])]
