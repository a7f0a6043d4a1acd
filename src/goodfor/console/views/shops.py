"""Another shop: its name, its address, and one is its owner."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console.access import switch_shop
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.operations.open_shop import open_shop
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission, Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError

FIELDS: Final = ("name", "code", "host")


@console_page(Permission.SHOP_CONFIGURE, methods=("GET", "POST"))
@step_up
def new_shop(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Open a shop beside this one, and go there: its first page leads to the first sale."""
    if visitor.staff.role != Role.OWNER:
        raise NotAllowed
    if request.method != "POST":
        return show(request, visitor, "shop_new", {"title": _("新建店铺"), "typed": {}})
    sent = {field: request.POST.get(field, "") for field in FIELDS}
    try:
        shop = open_shop(
            user_id=visitor.staff.user_id,
            currency=visitor.shop.currency,
            timezone=visitor.shop.timezone,
            actor=visitor.actor,
            now=utc_now(),
            **sent,
        )
    except DomainError as error:
        context = {"title": _("新建店铺"), "typed": sent, "error": error, "field": str(error.data.get("field", ""))}
        return show(request, visitor, "shop_new", context, status=error.http_status)
    switch_shop(request, shop.id)
    return done(request, _("店铺已建好"), reverse("desk:start"))
