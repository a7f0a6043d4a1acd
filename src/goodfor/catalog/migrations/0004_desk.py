"""Categories can be hidden, products have pictures in an order; the one picture they had becomes the first."""

import django.db.models.deletion
from django.db import migrations, models

import goodfor.kernel.ids

#: With ids of version 4: in one statement PostgreSQL 16 makes no others.
_TAKE_OVER = """
    INSERT INTO catalog_product_image (id, shop_id, product_id, name, position)
    SELECT gen_random_uuid(), shop_id, id, image_name, 0 FROM catalog_product WHERE image_name <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_search_indexes")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("category", "hidden", models.BooleanField(db_default=False, default=False)),
        migrations.CreateModel(
            name="ProductImage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("name", models.CharField(max_length=80)),
                ("position", models.IntegerField()),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="images", to="catalog.product"
                    ),
                ),
            ],
            options={
                "db_table": "catalog_product_image",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "product", "name"), name="catalog_product_image_once")
                ],
            },
        ),
        migrations.RunSQL(_TAKE_OVER, migrations.RunSQL.noop),
    ]
