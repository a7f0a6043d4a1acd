"""Flash sales: what is sold now, and what begins later."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.identity.types import ShopView
from goodfor.insights.types import CAME
from goodfor.kernel.clock import utc_now
from goodfor.storefront.flash import flash_slots
from goodfor.storefront.page import page, show


@page(counts=CAME)
def flash(request: HttpRequest, shop: ShopView) -> HttpResponse:
    """Slot by slot, with clocks. An empty page says so: what was sold here is over."""
    slots = flash_slots(shop.id, utc_now())
    context = {"slots": slots, "title": _("限时秒杀"), "tab": "home", "indexed": bool(slots)}
    return show(request, "flash", context)
