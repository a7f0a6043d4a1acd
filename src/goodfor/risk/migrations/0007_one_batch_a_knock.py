"""The knock as it is now, also where the room was migrated before that."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [("risk", "0006_doors")]
    operations = [run_files("goodfor.risk", forward=["door_knock_before.sql", "door_knock.sql"])]
