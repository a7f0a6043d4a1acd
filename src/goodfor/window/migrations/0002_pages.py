"""Pages of blocks beside the first one, and blocks that show bundles, coupons and campaigns."""

import django.db.models.deletion
from django.db import migrations, models

import goodfor.kernel.ids

_KINDS = ["banner", "bundle", "category", "coupon", "flash", "grid", "sale", "scene", "text"]


class Migration(migrations.Migration):
    dependencies = [("window", "0001_initial")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("slug", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=40)),
                ("summary", models.CharField(blank=True, max_length=150)),
                ("online", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "window_page",
                "constraints": [models.UniqueConstraint(fields=("shop_id", "slug"), name="window_page_slug")],
            },
        ),
        migrations.AddField(
            "block",
            "page",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="blocks", to="window.page"
            ),
        ),
        migrations.RemoveConstraint("block", "window_block_place"),
        migrations.RemoveConstraint("block", "window_block_kind"),
        migrations.AddConstraint(
            "block",
            models.UniqueConstraint(
                fields=("shop_id", "page", "version", "position"), name="window_block_spot", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            "block",
            models.CheckConstraint(condition=models.Q(("kind__in", _KINDS)), name="window_block_kind"),
        ),
    ]
