"""Guards of mandates, in SQL."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """What was signed stays; nobody is charged without it, above it, or twice."""

    dependencies = [("payments", "0011_mandates")]
    operations = [run_files("goodfor.payments", forward=["mandates.sql"], backward=["drop_mandates.sql"])]
