"""Products and SKUs."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goodfor.catalog.models import Product, Sku
from goodfor.console.columns import CREATED_AT, amount, flag, money, table, text
from goodfor.console.filters import yes_no
from goodfor.console.readonly import ReadOnlyAdmin
from goodfor.identity.types import Permission


def _skus(product: Model) -> list[tuple[Any, ...]]:
    if not isinstance(product, Product):
        return []
    skus = Sku.objects.filter(shop_id=product.shop_id, product=product)
    return [(sku.code, sku.name, amount(sku.price_minor, sku.currency)) for sku in skus]


class ProductAdmin(ReadOnlyAdmin):
    """Products in the order of the shelves."""

    name = _("商品")
    permission = Permission.CATALOG_VIEW
    icon = "inventory_2"
    ordering = ("position", "id")
    columns = (
        text("name", _("名称")),
        text("category.name", _("分类")),
        text("slug", _("网址名")),
        flag("on_sale", _("在售")),
        CREATED_AT,
    )
    detail = (
        *columns,
        table("skus", "SKU", (_("编码"), _("名称"), _("售价（元）")), _skus),
        text("summary", _("简介")),
        text("how_to_use", _("使用方法")),
        text("validity_text", _("有效期说明")),
    )
    search_fields = ("name", "slug")
    list_filter = (yes_no("on_sale", _("在售")),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the category's name."""
        return super().get_queryset(request).select_related("category")


class SkuAdmin(ReadOnlyAdmin):
    """Face values and their prices."""

    name = _("SKU")
    permission = Permission.CATALOG_VIEW
    icon = "sell"
    ordering = ("product__position", "position", "id")
    columns = (
        text("code", _("编码")),
        text("product.name", _("商品")),
        text("name", _("名称")),
        money("price_minor", _("售价（元）")),
        money("list_price_minor", _("原价（元）")),
        flag("on_sale", _("在售")),
    )
    detail = (
        *columns,
        text("face_value_label", _("面值")),
        text("per_order_limit", _("每单限购")),
        text("per_buyer_limit", _("每人限购")),
        text("hold_seconds", _("付款时限（秒）")),
    )
    search_fields = ("code", "name", "product__name")
    list_filter = (yes_no("on_sale", _("在售")),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the product's name."""
        return super().get_queryset(request).select_related("product")


ADMINS = ((Product, ProductAdmin), (Sku, SkuAdmin))
