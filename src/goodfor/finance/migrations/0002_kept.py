"""What was agreed and done is kept, in SQL."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """No row of an agreement, a contract, a rate or a step ever changes or goes; amounts given back only grow."""

    dependencies = [("finance", "0001_initial")]
    operations = [run_files("goodfor.finance", forward=["kept.sql"], backward=["drop_kept.sql"])]
