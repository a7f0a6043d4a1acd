"""What a card is good for stays; it moves only as its machine allows."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Triggers on tables that 0001 has made."""

    dependencies = [("cards", "0001_initial")]
    operations = [run_files("goodfor.cards", forward=["guards.sql"], backward=["drop_guards.sql"])]
