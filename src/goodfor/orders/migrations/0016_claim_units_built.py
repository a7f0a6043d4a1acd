"""Look at all claims for the new constraints, without a lock that anybody waits for."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0015_claim_units")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        ValidateConstraint(model_name="claim", name="orders_claim_state"),
        ValidateConstraint(model_name="claim", name="orders_claim_reason"),
        ValidateConstraint(model_name="claim", name="orders_claim_closed"),
        ValidateConstraint(model_name="claim", name="orders_claim_wanted"),
    ]
