"""What loops, jobs and checks of the audit trail leave behind for the people who look after them."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """kernel_duty, kernel_job_failure, kernel_audit_check."""

    dependencies = [("kernel", "0002_audit_head")]
    operations = [run_files("goodfor.kernel", forward=["background.sql"], backward=["drop_background.sql"])]
