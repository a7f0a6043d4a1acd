"""Visits of the storefront, asked, and the funnel that begins with them."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.insights.errors import InvalidAsk
from goodfor.insights.reads import steps
from goodfor.insights.types import NONE, Ask, By, Funnel, Steps, Visits
from goodfor.kernel.sql import Statement

#: The channel whose orders begin with a visit.
STOREFRONT: Final = "storefront"
_READ: Final = Statement(__package__, "sql/visits_read.sql")
_PRODUCTS: Final = Statement(__package__, "sql/visits_products.sql")


def visits(shop_id: UUID, ask: Ask, by: By = "") -> dict[str, Visits]:
    """By day, week or month (a browser counts once each day), or all; of `ask` the days alone matter.

    Raises InvalidAsk.
    """
    if by not in ("", "day", "week", "month"):
        raise InvalidAsk(_("访问只能按时间查看"), field="by")
    rows = _READ.rows({"shop_id": shop_id, "first": ask.first, "last": ask.last, "by": by})
    return {key: Visits(*counts) for key, *counts in rows}


def product_views(shop_id: UUID, ask: Ask, most: int = 50) -> list[tuple[UUID, int]]:
    """Page views of products, the most looked at first."""
    asked = {"shop_id": shop_id, "first": ask.first, "last": ask.last, "none": NONE, "most": most}
    return [(product_id, views) for product_id, views in _PRODUCTS.rows(asked)]


def funnel(shop_id: UUID, ask: Ask) -> Funnel:
    """The storefront's funnel; of its visits nothing is known but the day. Raises InvalidAsk."""
    ask = replace(ask, channels=(STOREFRONT,))
    counted = steps(shop_id, ask).get("", Steps())
    if any(part is not None for part in (ask.sku_ids, ask.category_ids, ask.methods, ask.segments)):
        return Funnel(None, counted)
    return Funnel(visits(shop_id, ask).get("", Visits()), counted)
