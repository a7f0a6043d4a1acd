"""Guards of payments, in SQL."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Fixed identities, allowed moves, facts applied once, refunds reserved on their payment."""

    dependencies = [("payments", "0001_initial")]
    operations = [run_files("goodfor.payments", forward=["guards.sql"], backward=["drop_guards.sql"])]
