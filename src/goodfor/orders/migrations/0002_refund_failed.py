"""Orders say since when their refund has failed. Quick: a column without a default, a check of new rows only."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Old rows are checked by the next migration, which does not block a shop."""

    dependencies = [("orders", "0001_initial")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("order", "refund_failed_at", models.DateTimeField(null=True)),
        AddConstraintNotValid(
            "order",
            models.CheckConstraint(
                condition=Q(("refund_failed_at__isnull", True), ("state", "refunding"), _connector="OR"),
                name="orders_order_refund_failed_state",
            ),
        ),
    ]
