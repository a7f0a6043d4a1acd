"""What was given on top has no price: all of it is discount."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("finance", "0003_stuck_errands")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.RemoveConstraint("sold", "finance_sold_amounts"),
        AddConstraintNotValid(
            "sold",
            models.CheckConstraint(
                condition=models.Q(
                    ("cost_minor__gte", 0),
                    ("discount_minor__gte", 0),
                    ("quantity__gt", 0),
                    models.Q(
                        ("gross_minor__gt", 0),
                        models.Q(("discount_minor__gt", 0), ("gross_minor", 0)),
                        _connector="OR",
                    ),
                ),
                name="finance_sold_amounts",
            ),
        ),
    ]
