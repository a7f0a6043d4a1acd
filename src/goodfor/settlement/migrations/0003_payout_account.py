"""The account at a provider that a payout goes by."""

from django.db import migrations, models

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """A column, a longer way, and a guard that knows it."""

    dependencies = [("settlement", "0002_guards")]
    operations = [
        migrations.AddField(model_name="payout", name="account_id", field=models.UUIDField(null=True)),
        migrations.AlterField(model_name="payout", name="way", field=models.CharField(max_length=64)),
        run_files("goodfor.settlement", forward=["payout_account.sql"], backward=["drop_payout_account.sql"]),
    ]
