"""What was prepaid stays; a grant is fixed with its list."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Triggers on tables that 0001 has made."""

    dependencies = [("welfare", "0001_initial")]
    operations = [run_files("goodfor.welfare", forward=["guards.sql"], backward=["drop_guards.sql"])]
