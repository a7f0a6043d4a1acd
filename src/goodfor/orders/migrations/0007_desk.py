"""The staff's list of orders: two indexes, a blind index of the buyer's contact, and refunds of a part."""

from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.tenancy import platform_job
from goodfor.orders.contacts import contact_index

CHUNK = 1000
REFUND_STATE = models.CheckConstraint(
    condition=models.Q(
        models.Q(("refunded_at__isnull", True), ("refunded_minor", 0), models.Q(("state", "refunded"), _negated=True)),
        models.Q(
            ("refunded_at__isnull", True),
            ("refunded_minor__lt", models.F("paid_minor")),
            ("state__in", ["delivered", "refunding"]),
        ),
        models.Q(("refunded_at__isnull", False), ("refunded_minor", models.F("paid_minor")), ("state", "refunded")),
        _connector="OR",
    ),
    name="orders_order_refund_state",
)


def index_contacts(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """Give orders that have a contact their blind index, a thousand at a time."""
    orders, after = apps.get_model("orders", "Order").objects, None
    with platform_job("blind index of contacts"):
        while True:
            rows = orders.filter(contact_blob__isnull=False, contact_index__isnull=True).order_by("id")
            chunk = list((rows.filter(id__gt=after) if after else rows)[:CHUNK])
            if not chunk:
                return
            for row in chunk:
                sealed = Sealed(row.contact_key_id, bytes(row.contact_blob))
                row.contact_index = contact_index(row.shop_id, keyring().open(sealed, row.id.bytes).decode())
            orders.bulk_update(chunk, ["contact_index"])
            after = chunk[-1].id


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("orders", "0006_contact_index_built"),
        ("kernel", "0001_initial"),
        ("identity", "0004_buyer_guards"),
    ]

    operations = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="order", name="orders_order_refund_state"),
        AddConstraintNotValid(model_name="order", constraint=REFUND_STATE),
        ValidateConstraint(model_name="order", name="orders_order_refund_state"),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["shop_id", "state", "placed_at", "id"],
                include=["total_minor", "channel"],
                name="orders_order_desk",
            ),
        ),
        AddIndexConcurrently(
            model_name="orderline",
            index=models.Index(fields=["shop_id", "sku_id", "order_id"], name="orders_line_sku"),
        ),
        migrations.RunPython(index_contacts, migrations.RunPython.noop),
        migrations.RunSQL("RESET lock_timeout", migrations.RunSQL.noop),
    ]
