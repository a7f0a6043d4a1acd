"""What holds for raw SQL too."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [("gifts", "0001_initial")]

    operations = [run_files("goodfor.gifts", forward=["guards.sql"], backward=["drop_guards.sql"])]
