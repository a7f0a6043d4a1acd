"""What members have redeemed."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import mall_words as words
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.frame import console_page, show
from goodfor.console.types import Visitor
from goodfor.console.views.code_forms import uuid_of
from goodfor.identity.types import Permission
from goodfor.mall import queries as mall
from goodfor.orders import queries as orders

PAGE: Final = "desk:mall-redeemed"
ROWS: Final = 50


@console_page(Permission.MALL_VIEW)
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Newest first, all or those of a reward (`reward`); `before` continues it."""
    shop_id = visitor.shop.id
    reward_id = uuid_of(request.GET.get("reward", ""))
    views = mall.redemptions(
        shop_id, reward_id=reward_id, before=uuid_of(request.GET.get("before", "")), limit=ROWS + 1
    )  # fmt: skip
    more, views = len(views) > ROWS, views[:ROWS]
    names = sku_names(shop_id, [one.sku_id for one in views])
    context: dict[str, Any] = {
        "title": _("兑换记录"),
        "rows": [
            {
                "view": one,
                "name": names.get(one.sku_id, _("已下架")),
                "state": words.REDEMPTIONS[one.state],
                "number": orders.order_view(shop_id, one.order_id).number,
            }
            for one in views
        ],
        "reward": reward_id or "",
        "more": views[-1].id if more else None,
        "sees_members": visitor.may(Permission.POINTS_VIEW),
    }
    return show(request, visitor, "mall/redeemed", context, page=PAGE)
