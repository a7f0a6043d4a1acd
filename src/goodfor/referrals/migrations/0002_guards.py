"""What was promised is kept; a reward keeps what it is."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Triggers on tables that 0001 has made."""

    dependencies = [("referrals", "0001_initial")]
    operations = [run_files("goodfor.referrals", forward=["guards.sql"], backward=["drop_guards.sql"])]
