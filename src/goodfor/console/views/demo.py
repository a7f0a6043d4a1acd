"""Demo data: fill the shop with an invented trade, and take it away again."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console.errors import ResultChanged
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor
from goodfor.demo import queries
from goodfor.demo.operations.start_run import start_run
from goodfor.demo.types import CODES_PER_SKU, OFFERS, ORDERS
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError

PAGE: Final = "desk:demo"
FILL, EMPTY = "fill", "empty"


@console_page(Permission.SHOP_CONFIGURE)
def demo(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What is there, what filling brings, what emptying takes away and what it leaves."""
    return _page(request, visitor)


def _page(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    shop_id = visitor.shop.id
    run = queries.latest_run(shop_id)
    running = run is not None and run.state == "running"
    skus = sum(len(offer.skus) for offer in OFFERS)
    context = {
        "present": queries.present(shop_id),
        "run": run,
        "running": running,
        "real": not running and queries.real_trade(shop_id),
        "brings": {"products": len(OFFERS), "skus": skus, "codes": skus * CODES_PER_SKU, "orders": ORDERS},
        "error": error,
    }
    return show(request, visitor, "demo", context, page=PAGE, status=error.http_status if error else 200)


@console_page(Permission.SHOP_CONFIGURE, methods=("POST",))
@step_up
def fill(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask for the demo data."""
    try:
        start_run(shop_id=visitor.shop.id, kind=FILL, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _page(request, visitor, error)
    return done(request, _("开始填入示例数据"), reverse(PAGE))


@console_page(Permission.SHOP_CONFIGURE, methods=("POST",))
@step_up
def empty(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take it away: what was counted on the page must be what is there."""
    try:
        if request.POST.get("counted", "") != queries.present(visitor.shop.id).counted:
            raise ResultChanged
        start_run(shop_id=visitor.shop.id, kind=EMPTY, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _page(request, visitor, error)
    return done(request, _("开始清空示例数据"), reverse(PAGE))
