"""The key ring: which keys seal codes and secrets, a new one, and how far sealing anew has come."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel import sealed
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.operations.retire_sealing_key import retire_sealing_key
from goodfor.kernel.operations.rotate_sealing_key import rotate_sealing_key

PAGE: Final = "desk:keys"


@console_page(Permission.KEYS_ROTATE, methods=("GET", "POST"))
def keys(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All keys; counting what each seals reads all tables, so it is done when asked for."""
    if request.method != "POST":
        return _keys(request, visitor)
    require_fresh_proof(request)
    now = utc_now()
    try:
        if request.POST.get("act") == "rotate":
            rotate_sealing_key(shop_id=visitor.shop.id, actor=visitor.actor, now=now)
            return done(request, _("已换新密钥，后台正在逐批重新加密"), f"{reverse(PAGE)}?count=1")
        if request.POST.get("act") == "retire":
            text = request.POST.get("key", "")
            key_id = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
            retire_sealing_key(shop_id=visitor.shop.id, key_id=key_id, actor=visitor.actor, now=now)
            return done(request, _("旧密钥已删除"), f"{reverse(PAGE)}?count=1")
    except DomainError as error:
        return _keys(request, visitor, error)
    raise InvalidInput


def _keys(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    counted = "count" in request.GET
    uses = sealed.summary() if counted else {}
    rows = [
        (key, uses.get(key.id, ()), sum(use.count for use in uses.get(key.id, ()))) for key in sealed.sealing_keys()
    ]
    total = sum(count for _key, _uses, count in rows)
    under_active = sum(count for key, _uses, count in rows if key.active)
    context = {
        "rows": rows,
        "counted": counted,
        "total": total,
        "waiting": total - under_active,
        "percent": under_active * 100 // total if total else 100,
        "error": error,
    }
    return show(request, visitor, "settings/keys", context, page=PAGE, status=error.http_status if error else 200)
