"""What stands on an invoice is kept, in SQL."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """No invoice goes, none changes but in its state and in what was taken back of it."""

    dependencies = [("invoices", "0001_initial")]
    operations = [run_files("goodfor.invoices", forward=["guards.sql"], backward=["drop_guards.sql"])]
