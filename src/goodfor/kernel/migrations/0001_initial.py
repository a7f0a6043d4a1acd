"""The kernel's tables; plain SQL because they use xid8 and guards that models cannot say."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Events, idempotency, history, keys, audit."""

    initial = True
    operations = [run_files("goodfor.kernel", forward=["tables.sql"], backward=["drop.sql"])]
