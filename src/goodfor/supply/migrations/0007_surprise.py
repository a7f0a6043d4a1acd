"""What may be lost in a day at a supplier without a guard, and what of it each purchase has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns that are written to no row. Who said nothing is bought from no more, where there is no guard."""

    dependencies = [("supply", "0006_accounts")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("supplier", "surprise_minor", models.BigIntegerField(null=True)),
        migrations.AddField("attempt", "exposed_minor", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddConstraint(
            "supplier",
            models.CheckConstraint(
                condition=models.Q(("surprise_minor__isnull", True), ("surprise_minor__gte", 0), _connector="OR"),
                name="supply_supplier_surprise",
            ),
        ),
    ]
