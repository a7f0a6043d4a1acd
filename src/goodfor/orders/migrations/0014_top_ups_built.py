"""Look at all lines for the new constraints, without a lock that anybody waits for."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0013_top_ups")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        ValidateConstraint(model_name="orderline", name="orders_line_form"),
        ValidateConstraint(model_name="orderline", name="orders_line_topped"),
    ]
