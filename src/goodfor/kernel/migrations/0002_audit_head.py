"""The audit trail's text that cannot be read two ways, and its signed head."""

from typing import Any

from django.db import migrations

from goodfor.kernel import audit
from goodfor.kernel.schema import run_files


def sign(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """Sign the chain as it stands. DecryptFailed: this is not the master key of this database."""
    audit.sign_head()


class Migration(migrations.Migration):
    """A version for each seal, and kernel_audit_head."""

    dependencies = [("kernel", "0001_initial")]
    operations = [
        run_files("goodfor.kernel", forward=["audit_head.sql"], backward=["drop_audit_head.sql"]),
        migrations.RunPython(sign, migrations.RunPython.noop),
    ]
