"""Guards of settlement, in SQL."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Lists that never change, sums that are true, allowed moves, enough approvals."""

    dependencies = [("settlement", "0001_initial")]
    operations = [run_files("goodfor.settlement", forward=["guards.sql"], backward=["drop_guards.sql"])]
