"""What the staff's desk needs: whom to call, and purchases by time and by state, while the shop buys."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Not in a transaction: concurrent builds cannot be. The column has a default and is written to no row."""

    atomic = False
    dependencies = [("supply", "0002_guards")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '5s'", "SET lock_timeout = '5s'"),
        migrations.AddField("supplier", "contact", models.CharField(blank=True, default="", max_length=200)),
        AddIndexConcurrently(
            "attempt", models.Index(fields=["shop_id", "-sent_at", "-id"], name="supply_attempt_newest")
        ),
        AddIndexConcurrently(
            "attempt", models.Index(fields=["shop_id", "state", "-sent_at", "-id"], name="supply_attempt_by_state")
        ),
        migrations.RunSQL("RESET lock_timeout", "RESET lock_timeout"),
    ]
