"""The audit trail as a list: newest first, within one shop."""

from django.db import migrations


class Migration(migrations.Migration):
    """Built beside the running shop."""

    atomic = False
    dependencies = [("kernel", "0003_background")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY kernel_audit_recent ON kernel_audit (shop_id, at DESC, id DESC)",
            "DROP INDEX CONCURRENTLY kernel_audit_recent",
        ),
        migrations.RunSQL("RESET lock_timeout", migrations.RunSQL.noop),
    ]
