"""Who writes the shop's invoices, and in whose name."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.invoices import queries as invoices
from goodfor.invoices.errors import IssuerInvalid
from goodfor.invoices.operations import set_issuer
from goodfor.invoices.types import IssuerInput
from goodfor.kernel.clock import utc_now

PAGE: Final = "desk:invoice-issuer"


@console_page(Permission.SHOP_CONFIGURE, methods=("GET", "POST"))
def issuer(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The account; its secret is written, never shown."""
    if request.method != "POST":
        return _page(request, visitor)
    require_fresh_proof(request)
    sent = request.POST
    says = IssuerInput(
        provider=sent.get("provider", ""), seller_name=sent.get("seller_name", ""),
        seller_tax=sent.get("seller_tax", "").strip().upper(), url=sent.get("url", "").strip(),
        app_key=sent.get("app_key", "").strip(), secret=sent.get("secret", "").strip(),
    )  # fmt: skip
    try:
        set_issuer(shop_id=visitor.shop.id, says=says, actor=visitor.actor, now=utc_now())
    except IssuerInvalid as error:
        return _page(request, visitor, says, str(error.data.get("field", "")))
    return done(request, _("开票账户已保存"), PAGE)


def _page(request: HttpRequest, visitor: Visitor, says: IssuerInput | None = None, wrong: str = "") -> HttpResponse:
    kept = invoices.issuer(visitor.shop.id)
    words = {
        "seller_name": _("销售方名称 1 到 100 个字"),
        "seller_tax": _("税号的最后一位是校验位，对不上：请核对 18 位统一社会信用代码"),
        "provider": _("没有这种开票方式"),
        "url": _("地址要以 https 开头，而且在公网上"),
        "app_key": _("应用编号是字母、数字、点、横线，最多 64 位"),
        "secret": _("请填写密钥，最多 200 位"),
    }
    context = {
        "says": says or kept,
        "kept": kept,
        "providers": [("", _("人工开具，登记发票号码")), ("gateway", _("开票网关（接口自动开具）"))],
        "errors": {wrong: words[wrong]} if wrong in words else {},
        "offered": bool(visitor.shop.settings.get("invoices")),
    }
    return show(request, visitor, "invoices/issuer", context, page=PAGE, status=422 if wrong else 200)
