"""Batches and lots of codes by their counts. Codes themselves have no list, and no cost is shown here."""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goodfor.catalog.models import Sku
from goodfor.console.columns import CREATED_AT, Text, badge, flag, text, time
from goodfor.console.filters import recent, states
from goodfor.console.readonly import ReadOnlyAdmin
from goodfor.identity.types import Permission
from goodfor.vault.models import Batch, Lot

BATCH_STATES: dict[str, Text] = {"staging": _("导入中"), "active": _("已生效"), "cancelled": _("已取消")}
LOT_STATES: dict[str, Text] = {
    "staged": _("导入中"),
    "open": _("可售"),
    "drained": _("已售空"),
    "expired": _("已过期"),
    "quarantined": _("已隔离"),
}


class _OfSku(ReadOnlyAdmin):
    """Rows that belong to a SKU, with its name."""

    permission = Permission.STOCK_VIEW

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With `sku_name`: product and face value."""
        sku = Sku.objects.filter(shop_id=OuterRef("shop_id"), id=OuterRef("sku_id"))
        named = sku.values(named=Concat(F("product__name"), Value(" · "), F("name")))
        rows: QuerySet[Any] = super().get_queryset(request).annotate(sku_name=Subquery(named))
        return rows


class BatchAdmin(_OfSku):
    """Imported files."""

    name = _("卡密批次")
    icon = "upload_file"
    columns = (
        text("filename", _("文件")),
        text("sku_name", "SKU"),
        badge("state", _("状态"), BATCH_STATES, {"staging": "warning", "active": "success"}),
        text("accepted", _("入库")),
        text("duplicate_in_file", _("文件内重复")),
        text("duplicate_held", _("库内重复")),
        text("rejected", _("不合格")),
        CREATED_AT,
    )
    detail = (
        *columns,
        text("lines_done", _("行数")),
        text("size_bytes", _("文件大小（字节）")),
        flag("use_first", _("优先使用")),
        time("expires_at", _("卡密有效期至")),
        time("activated_at", _("生效时间")),
        text("note", _("备注")),
    )
    search_fields = ("filename", "note")
    list_filter = (states("state", BATCH_STATES), recent("created_at", _("创建时间")))


class LotAdmin(_OfSku):
    """Codes of a batch that share expiry and cost."""

    name = _("库存分组")
    icon = "stacks"
    columns = (
        text("sku_name", "SKU"),
        badge("state", _("状态"), LOT_STATES, {"staged": "warning", "open": "success", "quarantined": "danger"}),
        text("free", _("可售")),
        text("reserved", _("已预留")),
        text("sold", _("已售出")),
        text("quarantined", _("已隔离")),
        text("void", _("已作废")),
        time("expires_at", _("卡密有效期至")),
        CREATED_AT,
    )
    detail = (
        *columns,
        text("loaded", _("入库")),
        flag("use_first", _("优先使用")),
        text("batch.filename", _("文件")),
    )
    search_fields = ("batch__filename",)
    list_filter = (states("state", LOT_STATES),)


ADMINS = ((Batch, BatchAdmin), (Lot, LotAdmin))
