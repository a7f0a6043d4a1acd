"""Look at all holds for the new constraints, without a lock that anybody waits for."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0020_hold_groups")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        ValidateConstraint(model_name="hold", name="orders_hold_group"),
        ValidateConstraint(model_name="hold", name="orders_hold_formed"),
    ]
