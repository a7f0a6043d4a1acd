"""The staff's list of payments: an index of those that have not succeeded."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("payments", "0002_guards")]

    operations = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("state", "succeeded"), _negated=True),
                fields=["shop_id", "state", "id"],
                name="payments_payment_desk",
            ),
        ),
        migrations.RunSQL("RESET lock_timeout", migrations.RunSQL.noop),
    ]
