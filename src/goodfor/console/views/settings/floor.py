"""What every piece has to keep over its cost, whatever campaigns promise: for who sets up the shop, after a proof."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console.frame import console_page, done
from goodfor.console.money_fields import minor_of
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.promotions.operations.set_floor import set_floor

PAGE = "desk:settings-shop"


@console_page(Permission.SHOP_CONFIGURE, methods=("POST",))
def save(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """From the next cart on."""
    require_fresh_proof(request)
    floor = minor_of(request.POST, "floor", visitor.shop.currency)
    changed = set_floor(shop_id=visitor.shop.id, floor_minor=floor, actor=visitor.actor, now=utc_now())
    return done(request, _("活动底线已保存，马上生效") if changed else _("没有变化"), PAGE)
