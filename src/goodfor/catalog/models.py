"""What a shop offers: categories, products with pictures, and the SKUs that have a price."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from goodfor.kernel.ids import uuid7

DELIVERY_KINDS = [("code", _("卡密自动发货")), ("direct", _("直充到账号"))]


class Category(models.Model):
    """A shelf of the shop, in the order the operator wants."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    slug = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    position = models.IntegerField(default=0)
    #: Not shown among the shop's shelves; its products stay where links and searches find them.
    hidden = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "catalog_category"
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["shop_id", "slug"], name="catalog_category_slug")]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A thing people know by name; its SKUs are the face values one can buy."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    slug = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    how_to_use = models.TextField(blank=True)
    validity_text = models.CharField(max_length=200, blank=True)
    image_name = models.CharField(max_length=80, blank=True)
    on_sale = models.BooleanField(default=True)
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    #: What it is for, in the operator's words: 宅家, 出行, 游戏.
    scenes = ArrayField(models.CharField(max_length=24), default=list, db_default=[])
    # Written by triggers (sql/schema/search.sql), whatever is given here.
    search_name = models.TextField(default="", editable=False)
    search_text = models.TextField(default="", editable=False)
    search_grams = ArrayField(models.TextField(), default=list, editable=False)

    class Meta:
        db_table = "catalog_product"
        constraints = [models.UniqueConstraint(fields=["shop_id", "slug"], name="catalog_product_slug")]
        indexes = [
            models.Index(fields=["shop_id", "position", "id"], name="catalog_product_shelf"),
            GinIndex(fields=["search_grams"], name="catalog_product_grams", fastupdate=False),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="catalog_product_like", fastupdate=False),
            models.Index(
                fields=["shop_id", "search_name"],
                opclasses=["uuid_ops", "text_pattern_ops"],
                name="catalog_product_named",
            ),
            GinIndex(fields=["scenes"], name="catalog_product_scenes", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name


class Sku(models.Model):
    """A face value with a price, limits and a way of delivery. Money in minor units of `currency`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="skus")
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    face_value_label = models.CharField(max_length=40, blank=True)
    price_minor = models.BigIntegerField()
    list_price_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    per_order_limit = models.IntegerField(default=10_000)
    per_buyer_limit = models.IntegerField(null=True, blank=True)
    #: The member's tier that it takes to buy it; the lowest, 0, is everybody.
    least_tier = models.SmallIntegerField(default=0, db_default=0)
    delivery_kind = models.CharField(max_length=16, choices=DELIVERY_KINDS, default="code")
    hold_seconds = models.IntegerField(default=900)
    on_sale = models.BooleanField(default=True)
    position = models.IntegerField(default=0)

    class Meta:
        db_table = "catalog_sku"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "code"], name="catalog_sku_code"),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="catalog_sku_price_positive"),
            models.CheckConstraint(
                condition=Q(list_price_minor__isnull=True) | Q(list_price_minor__gte=F("price_minor")),
                name="catalog_sku_list_price",
            ),
            models.CheckConstraint(
                condition=Q(per_order_limit__gte=1, per_order_limit__lte=10_000), name="catalog_sku_order_limit"
            ),
            models.CheckConstraint(
                condition=Q(per_buyer_limit__isnull=True) | Q(per_buyer_limit__gte=1), name="catalog_sku_buyer_limit"
            ),
            models.CheckConstraint(condition=Q(least_tier__gte=0, least_tier__lte=11), name="catalog_sku_tier"),
            models.CheckConstraint(
                condition=Q(hold_seconds__gte=60, hold_seconds__lte=86_400), name="catalog_sku_hold"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImageFile(models.Model):
    """A picture that passed the check of its content; the file is named by its SHA-256."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    name = models.CharField(max_length=80)
    width = models.IntegerField()
    height = models.IntegerField()
    size_bytes = models.IntegerField()

    class Meta:
        db_table = "catalog_image"
        constraints = [models.UniqueConstraint(fields=["shop_id", "name"], name="catalog_image_name")]

    def __str__(self) -> str:
        return self.name


class ProductImage(models.Model):
    """A picture of a product, in the order the operator wants; the cover is named by the product's `image_name`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    name = models.CharField(max_length=80)
    position = models.IntegerField()

    class Meta:
        db_table = "catalog_product_image"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "product", "name"], name="catalog_product_image_once")
        ]

    def __str__(self) -> str:
        return self.name
