"""Between the forms of the goods pages and the catalog: what was typed, and refusals in words at their field."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from goodfor.catalog.types import ProductView, SkuView
from goodfor.console.columns import Text
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import Money
from goodfor.loyalty import queries as loyalty

#: What to do about a field that the catalog refuses.
FIELD_WORDS: Final[Mapping[str, Text]] = {
    "name": _("请填写名称，最多 120 个字"),
    "category_id": _("请选择分类；还没有分类时先去新建一个"),
    "slug": _("只能用字母、数字、汉字、- 和 _，最多 64 个"),
    "summary": _("简介最多 300 个字"),
    "how_to_use": _("使用方法最多 20000 个字"),
    "validity_text": _("有效期说明最多 200 个字"),
    "scenes": _("最多 6 个场景，每个最多 24 个字，用空格分开"),
    "position": _("请写成整数，小的排在前面"),
    "code": _("请填写编码，最多 64 个字"),
    "face_value_label": _("面值最多 40 个字"),
    "price": _("售价必须大于 0，原价不能低于售价；请写成 9.90 这样"),
    "list_price": _("原价不能低于售价；请写成 9.90 这样，或留空"),
    "limit": _("每单 1 到 10000 张，每人至少 1 张或留空"),
    "hold_seconds": _("预留 1 分钟到 24 小时"),
}
TAKEN: Final = _("已经被用过，请换一个")
#: What the forms of something new begin with.
NEW_PRODUCT: Final[Mapping[str, str]] = {"position": "0"}
NEW_SKU: Final[Mapping[str, str]] = {"per_order_limit": "100", "hold_minutes": "15"}
_MOST_NUMBER: Final = 2**31 - 1


def field_errors(error: DomainError) -> dict[str, Text]:
    """The refusal at the field that it is about; nothing where it is about none."""
    field = error.data.get("field")
    if not isinstance(field, str):
        return {}
    if error.data.get("reason") == "taken":
        return {field: TAKEN}
    return {field: error.message or FIELD_WORDS.get(field, error.title)}


def _number(typed: Mapping[str, str], key: str, otherwise: int | None, field: str = "") -> int | None:
    text = typed.get(key, "").strip()
    if not text:
        return otherwise
    if not re.fullmatch(r"-?[0-9]{1,10}", text) or abs(int(text)) > _MOST_NUMBER:
        raise InvalidInput(field=field or key)
    return int(text)


def whole(typed: Mapping[str, str], key: str, otherwise: int, field: str = "") -> int:
    """A whole number; `otherwise` where the form has no such field. Raises InvalidInput, also for an empty one."""
    if key in typed and not typed[key].strip():
        raise InvalidInput(field=field or key)
    found = _number(typed, key, otherwise, field)
    return otherwise if found is None else found


def _money(typed: Mapping[str, str], key: str, currency: str) -> Money | None:
    text = typed.get(key, "").strip()
    if not text:
        return None
    try:
        return Money.parse(text, currency)
    except ValueError:
        raise InvalidInput(field=key) from None


def product_values(typed: Mapping[str, str]) -> dict[str, Any]:
    """What catalog's operations take of a product's form. Raises InvalidInput with the field."""
    try:
        category_id = UUID(typed.get("category_id", ""))
    except ValueError:
        raise InvalidInput(field="category_id") from None
    return {
        "category_id": category_id,
        "name": typed.get("name", ""),
        "summary": typed.get("summary", ""),
        "how_to_use": typed.get("how_to_use", ""),
        "validity_text": typed.get("validity_text", ""),
        "scenes": typed.get("scenes", "").replace("，", " ").replace(",", " ").replace("、", " ").split(),
        "position": whole(typed, "position", 0),
    }


def slug_of(typed: Mapping[str, str]) -> str:
    """The slug as typed, else one that nothing else has."""
    return typed.get("slug", "").strip() or f"p-{uuid7().hex[-10:]}"


def code_of(typed: Mapping[str, str]) -> str:
    """The SKU's code as typed, else one that nothing else has."""
    return typed.get("code", "").strip() or f"sku-{uuid7().hex[-10:]}"


def sku_values(typed: Mapping[str, str], currency: str) -> dict[str, Any]:
    """What catalog's operations take of a SKU's form. Raises InvalidInput with the field."""
    price = _money(typed, "price", currency)
    if price is None:
        raise InvalidInput(field="price")
    return {
        "name": typed.get("name", ""),
        "face_value_label": typed.get("face_value_label", ""),
        "price": price,
        "list_price": _money(typed, "list_price", currency),
        "per_order_limit": whole(typed, "per_order_limit", 10_000, "limit"),
        "per_buyer_limit": _number(typed, "per_buyer_limit", None, "limit"),
        "hold_seconds": whole(typed, "hold_minutes", 15, "hold_seconds") * 60,
        "least_tier": whole(typed, "least_tier", 0, "least_tier"),
    }


def typed_of_product(product: ProductView) -> dict[str, str]:
    """A product as its form shows it."""
    return {
        "category_id": str(product.category.id),
        "name": product.name,
        "slug": product.slug,
        "summary": product.summary,
        "how_to_use": product.how_to_use,
        "validity_text": product.validity_text,
        "scenes": " ".join(product.scenes),
        "position": str(product.position),
    }


def tier_choices(shop_id: UUID, chosen: int = 0) -> list[tuple[str, str]]:
    """Who may buy a SKU, where the shop has tiers: everybody, or members from a tier on."""
    tiers = loyalty.tiers_of(shop_id)
    if tiers is None:
        return []
    names = {rank: tier.name for rank, tier in enumerate(tiers.tiers) if rank}
    # Tiers may have become fewer since.
    names |= {chosen: _now("第 %(n)s 级") % {"n": chosen + 1}} if chosen and chosen not in names else {}
    return [
        ("0", _now("所有人")),
        *((str(rank), _now("%(tier)s及以上会员") % {"tier": name}) for rank, name in sorted(names.items())),
    ]


def typed_of_sku(sku: SkuView) -> dict[str, str]:
    """A SKU as its form shows it."""
    return {
        "code": sku.code,
        "name": sku.name,
        "face_value_label": sku.face_value_label,
        "price": sku.price.as_decimal_string(),
        "list_price": sku.list_price.as_decimal_string() if sku.list_price else "",
        "per_order_limit": str(sku.per_order_limit),
        "per_buyer_limit": "" if sku.per_buyer_limit is None else str(sku.per_buyer_limit),
        "hold_minutes": str(sku.hold_seconds // 60),
        "least_tier": str(sku.least_tier),
    }
