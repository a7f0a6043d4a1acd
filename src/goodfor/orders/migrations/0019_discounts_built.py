"""Look at all orders and lines for the new constraints, without a lock that anybody waits for."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0018_discounts")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        ValidateConstraint(model_name="order", name="orders_order_discount"),
        ValidateConstraint(model_name="orderline", name="orders_line_discount"),
        ValidateConstraint(model_name="orderline", name="orders_line_bundle"),
    ]
