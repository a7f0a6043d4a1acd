"""A shop's own floor under all of its campaigns: the plan of a shop is one row, and few shops have any."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("promotions", "0004_packs")]

    operations = [
        migrations.AddField(
            model_name="plan", name="floor_minor", field=models.BigIntegerField(db_default=0, default=0)
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("floor_minor__gte", 0)), name="promotions_plan_floor"
            ),
        ),
    ]
