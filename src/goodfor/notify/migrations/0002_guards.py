"""Guards of notify, in SQL."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Allowed moves, fixed identities, a business key for ever."""

    dependencies = [("notify", "0001_initial")]
    operations = [run_files("goodfor.notify", forward=["guards.sql"], backward=["drop_guards.sql"])]
