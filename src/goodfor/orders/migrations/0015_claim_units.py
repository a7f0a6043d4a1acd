"""Claims by unit: each code has one remedy, a refund or a replacement, and the database knows it.

Whoever claims while this runs waits: as long as one unit is written for each code that was ever claimed, about a
second for each 100,000. Orders and their lines are not touched.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

import goodfor.kernel.ids
from goodfor.kernel.schema import run_files

# What claims gave back by themselves so far were unseen codes alone, which went back on the shelf. Claims that a refund
# of the whole order settled: what became of each code is not known any more, and nothing more can be given for it.
_UNITS = """
INSERT INTO orders_claim_unit (id, shop_id, claim_id, order_id, line_id, code_id, state, restocked, at)
SELECT gen_random_uuid(), c.shop_id, c.id, c.order_id, c.line_id, u.code_id,
       CASE WHEN c.state = 'open' THEN 'live' WHEN c.refund_id IS NOT NULL THEN 'refunded' ELSE 'none' END,
       c.refund_id IS NOT NULL, coalesce(c.closed_at, c.opened_at)
FROM orders_claim c CROSS JOIN LATERAL unnest(c.code_ids) AS u (code_id)
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0014_top_ups_built")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(model_name="claim", name="wanted_at", field=models.DateTimeField(null=True)),
        migrations.RemoveConstraint(model_name="claim", name="orders_claim_one_open"),
        migrations.RemoveConstraint(model_name="claim", name="orders_claim_state"),
        migrations.RemoveConstraint(model_name="claim", name="orders_claim_reason"),
        migrations.RemoveConstraint(model_name="claim", name="orders_claim_closed"),
        AddConstraintNotValid(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=Q(state__in=["open", "refunded", "rejected", "replaced", "replacing", "withdrawn"]),
                name="orders_claim_state",
            ),
        ),
        AddConstraintNotValid(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=Q(
                    reason__in=[
                        "invalid",
                        "used",
                        "expired",
                        "wrong",
                        "not_received",
                        "changed_mind",
                        "top_up_missing",
                    ]
                ),
                name="orders_claim_reason",
            ),
        ),  # fmt: skip
        AddConstraintNotValid(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=Q(state__in=["open", "replacing"], closed_at__isnull=True)
                | (~Q(state__in=["open", "replacing"]) & Q(closed_at__isnull=False)),
                name="orders_claim_closed",
            ),
        ),
        AddConstraintNotValid(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=~Q(state="replacing") | Q(wanted_at__isnull=False), name="orders_claim_wanted"
            ),
        ),
        migrations.CreateModel(
            name="ClaimUnit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("claim_id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("line_id", models.UUIDField()),
                ("code_id", models.UUIDField(null=True)),
                ("state", models.CharField(default="live", max_length=8)),
                ("new_code_id", models.UUIDField(null=True)),
                ("restocked", models.BooleanField(db_default=False, default=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "orders_claim_unit",
                "indexes": [
                    models.Index(fields=["shop_id", "claim_id"], name="orders_claim_unit_claim"),
                    models.Index(fields=["shop_id", "line_id"], name="orders_claim_unit_line"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["code_id"], name="orders_claim_unit_live", condition=Q(state="live")
                    ),
                    models.UniqueConstraint(
                        fields=["code_id"],
                        name="orders_claim_unit_one_remedy",
                        condition=Q(state__in=["refunded", "replaced"], restocked=False),
                    ),
                    models.UniqueConstraint(
                        fields=["line_id"],
                        name="orders_claim_unit_live_line",
                        condition=Q(state="live", code_id__isnull=True),
                    ),
                    models.UniqueConstraint(
                        fields=["line_id"],
                        name="orders_claim_unit_one_remedy_line",
                        condition=Q(state__in=["refunded", "replaced"], code_id__isnull=True),
                    ),
                    models.UniqueConstraint(
                        fields=["new_code_id"],
                        name="orders_claim_unit_new_code",
                        condition=Q(new_code_id__isnull=False),
                    ),
                    models.UniqueConstraint(
                        fields=["claim_id", "code_id"], name="orders_claim_unit_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["live", "none", "refunded", "replaced"]), name="orders_claim_unit_state"
                    ),
                    models.CheckConstraint(
                        condition=Q(state="replaced", new_code_id__isnull=False, code_id__isnull=False)
                        | (~Q(state="replaced") & Q(new_code_id__isnull=True)),
                        name="orders_claim_unit_replaced",
                    ),
                    models.CheckConstraint(
                        condition=Q(restocked=False) | Q(state="refunded", code_id__isnull=False),
                        name="orders_claim_unit_restocked",
                    ),
                ],
            },
        ),
        migrations.RunSQL(_UNITS, migrations.RunSQL.noop),
        run_files("goodfor.orders", forward=["claims.sql"], backward=["drop_claims.sql"]),
    ]
